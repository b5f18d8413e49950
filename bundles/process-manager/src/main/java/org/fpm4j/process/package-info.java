/**
 * What a FastCGI process manager offers to those who watch and steer it: snapshots of the master,
 * its pools and their workers, the orders it takes and the events it tells.
 */
@Export
@Version("0.1.0")
package org.fpm4j.process;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
