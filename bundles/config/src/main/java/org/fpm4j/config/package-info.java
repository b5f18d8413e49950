/**
 * php-fpm's directives as validated, immutable settings: one {@link org.fpm4j.config.Configuration}
 * snapshot at a time, wherever the directives were written (etc files, Config Admin, php-fpm.conf).
 */
@Export
@Version("0.1.0")
package org.fpm4j.config;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
