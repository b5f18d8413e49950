package org.fpm4j.stack.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.fpm4j.stack.Frame;
import org.fpm4j.stack.Frame.Kind;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class FlameGraphTest {

  private final StackTree tree = new StackTree();

  private static Frame frame(Kind kind, String className, String function, String file) {
    return new Frame(1, kind, className, function, file, 1);
  }

  private void count(int times, Frame... frames) {
    for (int i = 0; i < times; i++) {
      tree.add(List.of(frames));
    }
  }

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  private void countUsual() {
    Frame main = frame(Kind.MAIN, "", "", "/srv/index.php");
    Frame include = frame(Kind.INCLUDE, "", "", "/srv/a;b.php");
    Frame query = frame(Kind.USER, "App\\Db", "query", "/srv/db.php");
    Frame none = frame(Kind.NONE, "", "", "");
    count(3, frame(Kind.INTERNAL, "", "sleep", ""), none, query, include, main);
    count(1, query, include, main);
    count(4, main);
  }

  @Test
  void foldedLinesHaveTheOutermostFirst() {
    countUsual();
    assertEquals(
        """
        /srv/index.php 4
        /srv/index.php;include /srv/a:b.php;App\\Db::query 1
        /srv/index.php;include /srv/a:b.php;App\\Db::query;sleep 3
        """,
        tree.folded());
  }

  @Test
  void widthsAreShares() throws Exception {
    countUsual();
    Document svg = parse(FlameGraph.svg(tree.root(), "title"));
    List<String> boxes =
        IntStream.range(0, svg.getElementsByTagName("g").getLength())
            .mapToObj(i -> (Element) svg.getElementsByTagName("g").item(i))
            .map(
                box ->
                    box.getElementsByTagName("title").item(0).getTextContent()
                        + " "
                        + ((Element) box.getElementsByTagName("rect").item(0))
                            .getAttribute("width"))
            .toList();
    assertEquals(
        List.of(
            "all (8 samples, 100.00 %) 1200.00",
            "/srv/index.php (8 samples, 100.00 %) 1200.00",
            "include /srv/a:b.php (4 samples, 50.00 %) 600.00",
            "App\\Db::query (4 samples, 50.00 %) 600.00",
            "sleep (3 samples, 37.50 %) 450.00"),
        boxes);
  }

  @Test
  void namesOfAnyKindMakeALegalDocument() throws Exception {
    String hostile = "</title><script>&\"'\ufffe\ud800\u0001x";
    count(1, frame(Kind.USER, hostile, hostile, "/f"));
    String svg = FlameGraph.svg(tree.root(), hostile);
    parse(svg);
    assertFalse(svg.contains("<script"));
  }

  @Test
  void emptyProfileIsADocumentToo() throws Exception {
    parse(FlameGraph.svg(tree.root(), "nothing"));
    assertEquals("", tree.folded());
  }

  @Test
  void treeStopsGrowing() throws Exception {
    for (int i = 0; i < 30_000; i++) {
      count(1, frame(Kind.USER, "", "f" + i, "/f"), frame(Kind.MAIN, "", "", "/m"));
    }
    assertTrue(tree.folded().lines().count() <= 20_000);
    assertEquals(30_000, tree.root().total());
    parse(FlameGraph.svg(tree.root(), "many"));
  }
}
