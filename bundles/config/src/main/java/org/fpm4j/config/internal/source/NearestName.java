package org.fpm4j.config.internal.source;

import java.util.Comparator;
import java.util.Locale;
import org.fpm4j.config.Directive;
import org.fpm4j.config.Directive.Scope;

/** Finds the legal name an unknown one was probably meant to be. */
final class NearestName {

  private NearestName() {}

  /** The directive of the scope whose name needs the fewest edits. */
  static String of(Scope scope, String unknown) {
    String wanted = unknown.toLowerCase(Locale.ROOT);
    return Directive.in(scope).stream()
        .map(Directive::name)
        .min(Comparator.comparingInt(name -> distance(wanted, name)))
        .orElseThrow();
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(substitution, 1 + Math.min(previous[j], row[j - 1]));
      }
      previous = row;
    }
    return previous[b.length()];
  }
}
