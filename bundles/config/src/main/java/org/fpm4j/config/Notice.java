package org.fpm4j.config;

/**
 * A remark php-fpm makes about a configuration it takes.
 *
 * @param level NOTICE, WARNING or ERROR (not fatal)
 * @param text php-fpm's text, with its {@code [pool name] } prefix where it has one
 */
public record Notice(LogLevel level, String text) {}
