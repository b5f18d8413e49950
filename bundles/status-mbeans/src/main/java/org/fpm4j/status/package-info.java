/**
 * The master and its pools as MBeans: {@code org.fpm4j:type=Master} and {@code
 * org.fpm4j:type=Pool,name=www}. The interfaces say what each attribute counts, since when and in
 * which unit; clients find the same in the MBeanInfo.
 */
@Export
@Version("0.1.0")
package org.fpm4j.status;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
