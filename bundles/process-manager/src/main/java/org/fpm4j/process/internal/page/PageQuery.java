package org.fpm4j.process.internal.page;

import java.util.List;

/**
 * What a query string asks of the status page, as php-fpm understands it: names of variables count,
 * values do not, and the beginning of a word is as good as the word, so {@code ?j&f} is {@code
 * ?json&full}. If several forms are named, the first in the order of {@link PageForm} wins.
 *
 * @param form how to write it
 * @param full whether to show each worker
 */
record PageQuery(PageForm form, boolean full) {

  private static final String FULL = "full";

  /** Reads a query string without its question mark. */
  static PageQuery parse(String query) {
    PageForm form = PageForm.TEXT;
    boolean full = false;
    for (String variable : List.of(query.split("&", -1))) {
      String name = name(variable);
      if (name.isEmpty()) {
        continue;
      }
      full |= FULL.startsWith(name);
      for (PageForm candidate : PageForm.values()) {
        if (candidate.word.startsWith(name)
            && (form == PageForm.TEXT || candidate.compareTo(form) < 0)) {
          form = candidate;
        }
      }
    }
    return new PageQuery(form, full);
  }

  /**
   * The name PHP gives a variable: decoded, without blanks before it, up to a NUL, or up to an
   * index as of {@code json[]}.
   */
  private static String name(String variable) {
    int equals = variable.indexOf('=');
    String name = decoded(equals < 0 ? variable : variable.substring(0, equals));
    int nul = name.indexOf('\0');
    name = nul < 0 ? name : name.substring(0, nul);
    int start = 0;
    while (start < name.length() && name.charAt(start) == ' ') {
      start++;
    }
    name = name.substring(start);
    int index = name.indexOf('[');
    return index > 0 && name.indexOf(']', index) > 0 ? name.substring(0, index) : name;
  }

  /** Decodes plus signs and percent escapes; the words are ASCII, so bytes serve as characters. */
  private static String decoded(String text) {
    StringBuilder decoded = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%' && i + 2 < text.length() && hex(text, i + 1) >= 0 && hex(text, i + 2) >= 0) {
        decoded.append((char) (hex(text, i + 1) * 16 + hex(text, i + 2)));
        i += 2;
      } else {
        decoded.append(c == '+' ? ' ' : c);
      }
    }
    return decoded.toString();
  }

  private static int hex(String text, int index) {
    char c = text.charAt(index);
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }
}
