/**
 * The master's one thread: it runs handlers for ready descriptors, due timers, arrived signals and
 * posted tasks, one at a time. What only handlers touch needs no lock.
 */
@Export
@Version("0.1.0")
package org.fpm4j.event;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
