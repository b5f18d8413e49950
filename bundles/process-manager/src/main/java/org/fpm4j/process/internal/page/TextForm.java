package org.fpm4j.process.internal.page;

import java.util.List;

/** The plain text form: a figure per line, values in one column. */
final class TextForm {

  private static final int COLUMN = 22;
  private static final String SEPARATOR = "\n************************\n";

  private TextForm() {}

  static String render(StatusPage page) {
    StringBuilder text = new StringBuilder();
    append(text, page.pool());
    for (List<Figure> worker : page.workers()) {
      text.append(SEPARATOR);
      append(text, worker);
    }
    return text.toString();
  }

  private static void append(StringBuilder text, List<Figure> figures) {
    for (Figure figure : figures) {
      text.append(figure.name()).append(':');
      for (int used = figure.name().length() + 1; used < COLUMN; used++) {
        text.append(' ');
      }
      text.append(value(figure)).append('\n');
    }
  }

  private static String value(Figure figure) {
    return figure.kind() == Figure.Kind.TIME ? LogDate.of(figure.value()) : figure.value();
  }
}
