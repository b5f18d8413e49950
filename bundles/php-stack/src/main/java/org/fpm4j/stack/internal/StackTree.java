package org.fpm4j.stack.internal;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.fpm4j.stack.Frame;

/**
 * Counts stacks by what they have in common, outermost frame first. Its size is bounded: once it is
 * full, a stack counts as far as it is known. One thread.
 */
final class StackTree {

  private static final int MOST_NODES = 20_000;

  /** A function called from one place in the tree. Children are in the order of their names. */
  static final class Node {
    private final Map<String, Node> children = new TreeMap<>();
    private long total;
    private long own;

    /** Returns the samples in which it was on the stack. */
    long total() {
      return total;
    }

    Map<String, Node> children() {
      return children;
    }
  }

  private final Node root = new Node();
  private int nodes;

  Node root() {
    return root;
  }

  /** Counts a stack, its frames innermost first. */
  void add(List<Frame> frames) {
    Node at = root;
    at.total++;
    for (int i = frames.size() - 1; i >= 0; i--) {
      Frame frame = frames.get(i);
      if (frame.kind() == Frame.Kind.NONE) {
        continue;
      }
      Node next = at.children.get(name(frame));
      if (next == null) {
        if (nodes >= MOST_NODES) {
          break;
        }
        nodes++;
        next = new Node();
        at.children.put(name(frame), next);
      }
      next.total++;
      at = next;
    }
    at.own++;
  }

  private static String name(Frame frame) {
    String name =
        switch (frame.kind()) {
          case MAIN -> frame.file();
          case INCLUDE -> "include " + frame.file();
          case EVAL -> "eval " + frame.file();
          case USER, INTERNAL, NONE ->
              frame.className().isEmpty()
                  ? frame.function()
                  : frame.className() + "::" + frame.function();
        };
    return name.replace(';', ':');
  }

  /** Returns the counts as {@code a;b;c 12}, a line for each stack. */
  String folded() {
    StringBuilder lines = new StringBuilder();
    fold(root, "", lines);
    return lines.toString();
  }

  private static void fold(Node node, String path, StringBuilder lines) {
    if (node.own > 0 && !path.isEmpty()) {
      lines.append(path).append(' ').append(node.own).append('\n');
    }
    node.children.forEach(
        (name, child) -> fold(child, path.isEmpty() ? name : path + ";" + name, lines));
  }
}
