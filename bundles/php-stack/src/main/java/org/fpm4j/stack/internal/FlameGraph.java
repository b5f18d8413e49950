package org.fpm4j.stack.internal;

import java.util.Locale;
import java.util.Map;

/**
 * Draws counted stacks as a flame graph: callers below, callees above, width by samples. The
 * document needs nothing beside itself and no script; a frame's full name and share show when it is
 * pointed at.
 */
final class FlameGraph {

  private static final int WIDTH = 1200;
  private static final int ROW = 17;
  private static final int HEAD = 40;
  private static final int MARGIN = 10;
  private static final double LETTER = 6.6;

  /** Narrower frames, and what they call, are left out: nobody sees them. */
  private static final double LEAST = 0.2;

  private final StringBuilder svg = new StringBuilder(1 << 14);
  private final long all;
  private final int height;

  private FlameGraph(StackTree.Node root) {
    this.all = Math.max(1, root.total());
    this.height = HEAD + rows(root) * ROW + MARGIN;
  }

  /** Returns the document. */
  static String svg(StackTree.Node root, String title) {
    FlameGraph graph = new FlameGraph(root);
    graph.draw(root, title);
    return graph.svg.toString();
  }

  private int rows(StackTree.Node node) {
    int most = 0;
    for (StackTree.Node child : node.children().values()) {
      if (wide(child) >= LEAST) {
        most = Math.max(most, rows(child));
      }
    }
    return most + 1;
  }

  private double wide(StackTree.Node node) {
    return (double) WIDTH * node.total() / all;
  }

  private void draw(StackTree.Node root, String title) {
    svg.append(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d">
        <style>
        text { font: 11px monospace; fill: #000 }
        rect { stroke: #fff; stroke-width: 0.5 }
        g:hover rect { stroke: #000; stroke-width: 1.5 }
        </style>
        <rect width="%1$d" height="%2$d" fill="#fcfcfa"/>
        """
            .formatted(WIDTH + 2 * MARGIN, height));
    svg.append("<text x=\"%d\" y=\"24\" style=\"font-size: 15px\">".formatted(MARGIN));
    appendEscaped(title);
    svg.append("</text>\n");
    box("all", root.total(), MARGIN, WIDTH, 0);
    children(root, MARGIN, 1);
    svg.append("</svg>\n");
  }

  private void children(StackTree.Node node, double left, int row) {
    double x = left;
    for (Map.Entry<String, StackTree.Node> child : node.children().entrySet()) {
      double wide = wide(child.getValue());
      if (wide >= LEAST) {
        box(child.getKey(), child.getValue().total(), x, wide, row);
        children(child.getValue(), x, row + 1);
      }
      x += wide;
    }
  }

  private void box(String name, long samples, double x, double wide, int row) {
    int y = height - MARGIN - (row + 1) * ROW;
    svg.append("<g><title>");
    appendEscaped(name);
    svg.append(" (%d samples, %s %%)</title>".formatted(samples, decimal(100.0 * samples / all)));
    svg.append(
        "<rect x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\" fill=\"%s\"/>"
            .formatted(decimal(x), y, decimal(wide), ROW - 1, colour(name)));
    int letters = (int) ((wide - 6) / LETTER);
    if (letters >= 3) {
      svg.append("<text x=\"%s\" y=\"%d\">".formatted(decimal(x + 3), y + 12));
      appendEscaped(name.length() <= letters ? name : name.substring(0, letters - 1) + "…");
      svg.append("</text>");
    }
    svg.append("</g>\n");
  }

  private static String decimal(double number) {
    return String.format(Locale.ROOT, "%.2f", number);
  }

  /** One colour for one name, in every graph. */
  private static String colour(String name) {
    int hash = name.hashCode() * 0x9e3779b1;
    return "rgb(%d,%d,%d)"
        .formatted(205 + (hash >>> 26) % 50, 110 + (hash >>> 18 & 0x7f), 60 + (hash >>> 12 & 0x3f));
  }

  /** Appends text for XML 1.0, which has no form for most control characters and half pairs. */
  private void appendEscaped(String text) {
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> svg.append("&lt;");
                case '>' -> svg.append("&gt;");
                case '&' -> svg.append("&amp;");
                default -> {
                  boolean legal = c >= ' ' && (c < 0xd800 || c > 0xdfff) && (c & 0xfffe) != 0xfffe;
                  svg.appendCodePoint(legal ? c : '.');
                }
              }
            });
  }
}
