/** The commands of {@code bin/fpm4j}, for front ends other than the command channel. */
@Export
@Version("0.1.0")
package org.fpm4j.command;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
