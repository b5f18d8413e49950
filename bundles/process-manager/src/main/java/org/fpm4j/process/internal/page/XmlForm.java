package org.fpm4j.process.internal.page;

import java.util.List;

/** The XML form: an element per figure, hyphens for blanks in its name. */
final class XmlForm {

  private XmlForm() {}

  static String render(StatusPage page) {
    StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" ?>\n<status>\n");
    for (Figure figure : page.pool()) {
      append(xml, figure).append('\n');
    }
    if (page.full()) {
      xml.append("<processes>\n");
      for (List<Figure> worker : page.workers()) {
        xml.append("<process>");
        worker.forEach(figure -> append(xml, figure));
        xml.append("</process>\n");
      }
      xml.append("</processes>\n");
    }
    return xml.append("</status>").toString();
  }

  private static StringBuilder append(StringBuilder xml, Figure figure) {
    String element = figure.lowerCaseName().replace(' ', '-');
    return xml.append('<')
        .append(element)
        .append('>')
        .append(value(figure))
        .append("</")
        .append(element)
        .append('>');
  }

  private static String value(Figure figure) {
    return switch (figure.kind()) {
      case TEXT, URI -> HtmlText.escaped(figure);
      case NUMBER, WORD, TIME -> figure.value();
    };
  }
}
