package org.fpm4j.config.internal.source;

/**
 * One entry of an array directive.
 *
 * @param key the text in the brackets
 * @param value the value
 */
public record KeyedValue(String key, String value) {}
