/**
 * {@code fpm4j check}: php-fpm's configuration test for tools that run without a framework. Not
 * exported; use it from the class path.
 */
package org.fpm4j.config.check;
