package org.fpm4j.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Time limits of a request.
 *
 * @param terminateTimeout a worker busy with one request for longer is terminated, zero = never
 * @param trackFinished whether that time goes on after the answer was sent ({@code
 *     fastcgi_finish_request})
 * @param slowlogTimeout a request running for longer is slow, zero = never; not above {@link
 *     #terminateTimeout} unless that is zero
 * @param slowlogInterval a slow request is reported again each time, zero = once
 * @param slowlog where stacks of slow requests are written; present if {@link #slowlogTimeout} is
 *     not zero
 * @param slowlogTraceDepth most frames of such a stack, at least 1
 */
public record RequestSettings(
    Duration terminateTimeout,
    boolean trackFinished,
    Duration slowlogTimeout,
    Duration slowlogInterval,
    Optional<Path> slowlog,
    int slowlogTraceDepth) {}
