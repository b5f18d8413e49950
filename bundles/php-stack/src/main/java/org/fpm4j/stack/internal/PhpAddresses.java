package org.fpm4j.stack.internal;

/**
 * Where a PHP process keeps its state.
 *
 * @param layout of its PHP version
 * @param executorGlobals address of {@code executor_globals}
 * @param sapiGlobals address of {@code sapi_globals}
 */
record PhpAddresses(ZendLayout layout, long executorGlobals, long sapiGlobals) {}
