/**
 * What the master needs to know of the worker agent: the library to preload, the environment that
 * configures it, and the control protocol spoken with a zygote. The formats are described in the
 * bundle's README.
 */
@Export
@Version("0.1.0")
package org.fpm4j.agent;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
