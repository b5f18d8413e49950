package org.fpm4j.process.internal.page;

import java.util.List;

/** The XHTML form: a table of the pool and, if it is a full page, one of the workers. */
final class HtmlForm {

  private static final String HEAD =
      """
      <!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
      <html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
      <head><title>PHP-FPM Status Page</title></head>
      <body>
      <table>
      """;

  private HtmlForm() {}

  static String render(StatusPage page) {
    StringBuilder html = new StringBuilder(HEAD);
    for (Figure figure : page.pool()) {
      html.append("<tr><th>").append(figure.lowerCaseName()).append("</th><td>");
      html.append(value(figure)).append("</td></tr>\n");
    }
    html.append("</table>\n");
    if (page.full()) {
      appendWorkers(html, page.workers());
    }
    return html.append("</body></html>").toString();
  }

  private static void appendWorkers(StringBuilder html, List<List<Figure>> workers) {
    html.append("<table border=\"1\">\n<tr>");
    for (String name : StatusPage.WORKER_NAMES) {
      html.append("<th>").append(name).append("</th>");
    }
    html.append("</tr>\n");
    for (List<Figure> worker : workers) {
      html.append("<tr>");
      for (Figure figure : worker) {
        html.append("<td>").append(value(figure)).append("</td>");
      }
      html.append("</tr>\n");
    }
    html.append("</table>");
  }

  private static String value(Figure figure) {
    return switch (figure.kind()) {
      case TIME -> LogDate.of(figure.value());
      case TEXT, URI -> HtmlText.escaped(figure);
      case NUMBER, WORD -> figure.value();
    };
  }
}
