package org.fpm4j.process.internal.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The expectations are php-fpm 8.2's answers to the same query strings. */
class PageQueryTest {

  @ParameterizedTest
  @CsvSource({
    "j, JSON, false",
    "json, JSON, false",
    "fu&j, JSON, true",
    "full=0, TEXT, true",
    "xm, XML, false",
    "json[]=1, JSON, false",
    "json%00x, JSON, false",
    "%6Ason, JSON, false",
    "+json, JSON, false",
    "' json', JSON, false",
    "openmetrics&json, JSON, false",
    "json&html, HTML, false",
    "h, HTML, false",
    "full&o, OPENMETRICS, true",
    "json&full&xml, XML, true",
    "j=&&, JSON, false",
    "f%20&j, JSON, false"
  })
  void namesOfVariablesChooseTheForm(String query, PageForm form, boolean full) {
    assertEquals(new PageQuery(form, full), PageQuery.parse(query));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "js.on", "json[", "jsonx", "J", "JSON", "0", "x;json", "=json", "%", "f.", "[json]",
        "json]", "json[a", ".json", "_json", "%6", "%zz", "&", "&&=&"
      })
  void everythingElseAsksForTheTextPage(String query) {
    assertEquals(new PageQuery(PageForm.TEXT, false), PageQuery.parse(query));
  }

  @Test
  void aLongQueryIsReadInOnePass() {
    assertEquals(PageForm.JSON, PageQuery.parse("a&".repeat(30_000) + "json").form());
  }
}
