package org.fpm4j.process.internal.page;

import java.util.Map;

/** A form of the status page: a word of the query string, a media type, and how it is written. */
enum PageForm {
  /** Without any of the words. */
  TEXT("", "Content-type", "text/plain;charset=UTF-8") {
    @Override
    String render(StatusPage page) {
      return TextForm.render(page);
    }
  },
  HTML("html", "Content-type", "text/html;charset=UTF-8") {
    @Override
    String render(StatusPage page) {
      return HtmlForm.render(page);
    }
  },
  XML("xml", "Content-type", "text/xml;charset=UTF-8") {
    @Override
    String render(StatusPage page) {
      return XmlForm.render(page);
    }
  },
  JSON("json", "Content-Type", "application/json") {
    @Override
    String render(StatusPage page) {
      return JsonForm.render(page);
    }
  },
  OPENMETRICS(
      "openmetrics", "Content-Type", "application/openmetrics-text; version=1.0.0; charset=utf-8") {
    @Override
    String render(StatusPage page) {
      return OpenMetricsForm.render(page);
    }
  };

  /** The word that asks for the form. */
  final String word;

  private final String field;
  private final String mediaType;

  PageForm(String word, String field, String mediaType) {
    this.word = word;
    this.field = field;
    this.mediaType = mediaType;
  }

  /** The header field; PHP spells its name in two ways, by whether it added the charset. */
  Map.Entry<String, String> contentType() {
    return Map.entry(field, mediaType);
  }

  abstract String render(StatusPage page);
}
