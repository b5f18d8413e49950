/**
 * The users of remote JMX: their file, their roles, and {@code fpm4j jmx-user}, which runs without
 * a framework. Not exported; use it from the class path.
 */
package org.fpm4j.remote.user;
