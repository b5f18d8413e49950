/**
 * Listening sockets as php-fpm's {@code listen} directives describe them: TCP and Unix, opened here
 * or handed over by somebody else.
 */
@Export
@Version("0.1.0")
package org.fpm4j.listener;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
