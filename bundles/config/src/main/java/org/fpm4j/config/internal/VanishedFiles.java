package org.fpm4j.config.internal;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.fpm4j.config.internal.source.ConfigurationDraft;
import org.fpm4j.config.internal.source.ConfigurationSources;

/**
 * Files that were read before and are gone. Some editors and tools take the old file away before
 * they put the new one there; what it configured is not to end for that. Confined to one thread.
 */
final class VanishedFiles {

  private Set<String> read = Set.of();
  private Set<String> awaited = Set.of();

  /**
   * Whether files are gone and this is the first one sees of it: they may be back at once. What is
   * there counts as read when the answer is no.
   */
  boolean areToBeAwaited(ConfigurationSources now, ConfigurationDraft draft) {
    Set<String> there = new HashSet<>(draft.files());
    now.pids().forEach(pid -> pid.file().map(Path::toString).ifPresent(there::add));
    now.unread().forEach(file -> there.add(file.file().toAbsolutePath().normalize().toString()));
    Set<String> gone = new HashSet<>(read);
    gone.removeAll(there);
    if (awaited.containsAll(gone)) {
      read = there;
      awaited = Set.of();
      return false;
    }
    awaited = gone;
    return true;
  }
}
