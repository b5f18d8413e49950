package org.fpm4j.config.internal;

import java.io.File;
import java.util.Collection;
import java.util.stream.Stream;

/**
 * A cheap look at files and directories that tells whether a thorough one, {@link SourceStamps},
 * can show anything new: it goes by the times of their last change alone, one system call each. A
 * file that is replaced changes its directory. What it cannot tell it calls a change. Confined to
 * one thread.
 */
final class Glance {

  /** Longer than the clock's steps of any file system: two writes in one step show one time. */
  private static final long SETTLED_MS = 2500;

  /** Files that somebody else watches are looked at each so many times only. */
  static final int SELDOM = 4;

  private final File[] files;
  private final int often;
  private final long[] modifiedMs;
  private final boolean settled;
  private int looks;

  private Glance(File[] files, int often, long nowMs) {
    this.files = files;
    this.often = often;
    this.modifiedMs = new long[files.length];
    boolean old = true;
    for (int i = 0; i < files.length; i++) {
      modifiedMs[i] = files[i].lastModified();
      old &= modifiedMs[i] < nowMs - SETTLED_MS;
    }
    this.settled = old;
  }

  /**
   * Looks. To be done before the thorough look it stands for, so that it misses nothing in between.
   *
   * @param paths of files and directories; those that do not exist too
   * @param watched further ones that somebody else watches
   * @param nowMs since the epoch
   */
  static Glance at(Collection<String> paths, Collection<String> watched, long nowMs) {
    File[] files =
        Stream.concat(paths.stream(), watched.stream()).map(File::new).toArray(File[]::new);
    return new Glance(files, paths.size(), nowMs);
  }

  /** Whether all is surely as it was; false also when something was too new to tell. */
  boolean isUnchanged() {
    if (!settled) {
      return false;
    }
    looks++;
    int end = looks % SELDOM == 0 ? files.length : often;
    for (int i = 0; i < end; i++) {
      if (files[i].lastModified() != modifiedMs[i]) {
        return false;
      }
    }
    return true;
  }
}
