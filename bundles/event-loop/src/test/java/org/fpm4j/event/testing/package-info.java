/**
 * An event loop for tests, those of other bundles too: without a thread, with a clock the test
 * moves.
 */
package org.fpm4j.event.testing;
