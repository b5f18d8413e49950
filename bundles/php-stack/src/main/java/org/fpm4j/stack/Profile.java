package org.fpm4j.stack;

/**
 * What a pool's workers did, by samples of their stacks.
 *
 * @param samples stacks read of workers that ran PHP code
 * @param idle samples of workers that ran none
 * @param lost samples that could not be read in one piece
 * @param late moments for a sample that passed while the one before was still being read
 * @param readMicros time one sample took on average, microseconds
 * @param note why nothing could be read of some worker, empty if nothing was amiss
 * @param folded one line per distinct stack, outermost function first, separated by semicolons, a
 *     blank and the number of samples
 * @param svg the same as a flame graph, an SVG document of its own
 */
public record Profile(
    long samples,
    long idle,
    long lost,
    long late,
    double readMicros,
    String note,
    String folded,
    String svg) {}
