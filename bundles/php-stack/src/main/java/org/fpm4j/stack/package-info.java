/**
 * The PHP call stacks of workers, read from outside while they run: nothing is stopped, nothing is
 * asked of PHP.
 */
@Export
@Version("0.1.0")
package org.fpm4j.stack;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
