/**
 * php-fpm's error log: one line per event in php-fpm's own form, to a file, syslog or standard
 * error. Writing never blocks and never throws; what cannot be written is counted.
 */
@Export
@Version("0.1.0")
package org.fpm4j.log;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
