package org.fpm4j.process.internal.page;

import java.util.List;

/** The JSON form: one line, numbers bare. */
final class JsonForm {

  private JsonForm() {}

  static String render(StatusPage page) {
    StringBuilder json = new StringBuilder();
    appendMembers(json.append('{'), page.pool());
    if (page.full()) {
      json.append(", \"processes\":[");
      String comma = "";
      for (List<Figure> worker : page.workers()) {
        appendMembers(json.append(comma).append('{'), worker);
        json.append('}');
        comma = ",";
      }
      json.append(']');
    }
    return json.append('}').toString();
  }

  private static void appendMembers(StringBuilder json, List<Figure> figures) {
    String comma = "";
    for (Figure figure : figures) {
      json.append(comma).append('"').append(figure.lowerCaseName()).append("\":");
      appendValue(json, figure);
      comma = ",";
    }
  }

  private static void appendValue(StringBuilder json, Figure figure) {
    switch (figure.kind()) {
      case NUMBER, TIME -> json.append(figure.value());
      case WORD -> json.append('"').append(figure.value()).append('"');
      case TEXT, URI -> appendQuoted(json, figure.value());
    }
  }

  /**
   * A string as json_encode() writes it: slashes and all beyond ASCII escaped, what was no UTF-8
   * left out.
   */
  private static void appendQuoted(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        case '\b' -> json.append("\\b");
        case '\f' -> json.append("\\f");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        case '/' -> json.append("\\/");
        default -> {
          if (c < 0x20 || (c > 0x7f && c != HtmlText.INVALID)) {
            appendEscape(json, c);
          } else if (c != HtmlText.INVALID) {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }

  private static void appendEscape(StringBuilder json, char c) {
    json.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      json.append(Character.forDigit(c >> shift & 0xf, 16));
    }
  }
}
