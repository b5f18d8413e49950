/** An event loop for the tests of other bundles: without a thread, with a clock the test moves. */
@Export
@Version("0.1.0")
package org.fpm4j.event.testing;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
