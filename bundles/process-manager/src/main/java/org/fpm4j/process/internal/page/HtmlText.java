package org.fpm4j.process.internal.page;

/** Text as PHP's htmlspecialchars() writes it with ENT_COMPAT. */
final class HtmlText {

  /** What a scoreboard's text has in place of bytes that were no UTF-8. */
  static final char INVALID = '\ufffd';

  private HtmlText() {}

  /** Escapes a value; one that was no UTF-8 becomes empty, of a URI only path or query. */
  static String escaped(Figure figure) {
    int query = figure.kind() == Figure.Kind.URI ? figure.value().indexOf('?') : -1;
    return query < 0
        ? escaped(figure.value())
        : escaped(figure.value().substring(0, query))
            + "?"
            + escaped(figure.value().substring(query + 1));
  }

  private static String escaped(String text) {
    if (text.indexOf(INVALID) >= 0) {
      return "";
    }
    StringBuilder escaped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }
}
