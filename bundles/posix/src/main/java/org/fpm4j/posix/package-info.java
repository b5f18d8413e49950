/**
 * Linux system calls as the master needs them: descriptors, sockets, listen queues, spawning,
 * processes, signals, readiness, accounts and file modes. No other bundle calls libc.
 *
 * <p>Descriptors are owned objects ({@link org.fpm4j.posix.Descriptor}); expected outcomes (nothing
 * to accept, a full socket buffer) are values; everything else libc refuses is a {@link
 * org.fpm4j.posix.PosixException}. An interrupted call (EINTR) is repeated and never seen by the
 * caller. Unless a class says otherwise, methods may be called from any thread.
 */
@Export
@Version("0.1.0")
package org.fpm4j.posix;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
