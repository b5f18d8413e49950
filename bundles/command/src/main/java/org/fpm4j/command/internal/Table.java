package org.fpm4j.command.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table for a terminal: columns as wide as their widest cell, numbers to the right. Control
 * characters, which may come from a request's URI, are shown as dots.
 */
final class Table {

  private static final String GAP = "  ";

  private final List<String[]> rows = new ArrayList<>();
  private final boolean[] numeric;

  Table(String... header) {
    rows.add(header);
    numeric = new boolean[header.length];
  }

  /**
   * Adds a row.
   *
   * @param cells one per column; a column of numbers is told by its {@link Number}s
   */
  Table row(Object... cells) {
    String[] row = new String[numeric.length];
    for (int column = 0; column < row.length; column++) {
      numeric[column] |= cells[column] instanceof Number;
      row[column] = harmless(cells[column].toString());
    }
    rows.add(row);
    return this;
  }

  /** The text with dots for control characters. */
  static String harmless(String text) {
    StringBuilder shown = new StringBuilder(text);
    for (int i = 0; i < shown.length(); i++) {
      if (Character.isISOControl(shown.charAt(i))) {
        shown.setCharAt(i, '.');
      }
    }
    return shown.toString();
  }

  /** The lines, each ended by LF and without trailing blanks. */
  @Override
  public String toString() {
    int[] widths = new int[numeric.length];
    rows.forEach(row -> Arrays.setAll(widths, i -> Math.max(widths[i], row[i].length())));
    StringBuilder out = new StringBuilder();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.length; column++) {
        String pad = " ".repeat(widths[column] - row[column].length());
        line.append(column == 0 ? "" : GAP);
        line.append(numeric[column] ? pad + row[column] : row[column] + pad);
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }
}
