package org.fpm4j.config.internal.source;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fpm4j.config.internal.ini.IniStatement;

/**
 * Which line of a php-fpm.conf and its includes says what, to which section: in the order of
 * reading, so a file that is included twice is here twice. Confined to one thread.
 */
public final class ConfOutline {

  /**
   * One line.
   *
   * @param at where it is
   * @param before the section it begins in
   * @param after the section a line put behind it would belong to
   * @param statements what it says; mostly one or none
   */
  public record Line(
      Origin at, DirectiveSet before, DirectiveSet after, List<IniStatement> statements) {}

  private final List<Line> lines = new ArrayList<>();
  private final Map<Origin, Set<DirectiveSet>> readers = new HashMap<>();

  int size() {
    return lines.size();
  }

  /** Adds a line before those its include has added. */
  void add(int index, Line line) {
    lines.add(index, line);
    readers.computeIfAbsent(line.at(), at -> new HashSet<>()).add(line.after());
  }

  /** All lines in the order of reading. */
  public List<Line> lines() {
    return Collections.unmodifiableList(lines);
  }

  /** Whether the line is read for several sections, because its file is included more than once. */
  public boolean isShared(Origin line) {
    return readers.getOrDefault(line, Set.of()).size() > 1;
  }
}
