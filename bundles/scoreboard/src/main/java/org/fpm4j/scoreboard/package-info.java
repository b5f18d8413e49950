/**
 * The scoreboard: the memory-mapped file in which the workers of one generation publish what they
 * do, and which the master reads without system calls. The layout is shared with the worker agent;
 * everything read from it is hostile input, because each worker can write all of it.
 */
@Export
@Version("0.1.0")
package org.fpm4j.scoreboard;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
