package org.fpm4j.config;

/**
 * One php.ini entry set by a pool.
 *
 * @param name an ini name such as {@code memory_limit}
 * @param value the text PHP gets; flags are {@code 1} or {@code 0}
 */
public record IniEntry(String name, String value) {}
