package org.fpm4j.command.internal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects a request: UTF-8, one argument a line, closed by an empty line. In an argument a
 * backslash is written {@code \\}, a line feed {@code \n}; an empty argument is {@code \0}.
 */
final class Request {

  /** Bytes a request may have: no command needs more. */
  static final int LIMIT = 16_384;

  private final ByteBuffer bytes = ByteBuffer.allocate(LIMIT);

  /** Where received bytes go; full when the request is too long. */
  ByteBuffer space() {
    return bytes;
  }

  /** Whether the empty line has come. */
  boolean isComplete() {
    int end = bytes.position();
    for (int i = 0; i < end; i++) {
      if (bytes.get(i) == '\n' && (i == 0 || bytes.get(i - 1) == '\n')) {
        return true;
      }
    }
    return false;
  }

  /**
   * The arguments of a complete request, maybe none.
   *
   * @throws UsageException if it is not UTF-8, or a backslash is followed by something else
   */
  List<String> arguments() throws UsageException {
    List<String> arguments = new ArrayList<>();
    for (String line : text().split("\n", -1)) {
      if (line.isEmpty()) {
        break;
      }
      arguments.add(line.equals("\\0") ? "" : unescape(line));
    }
    return arguments;
  }

  private String text() throws UsageException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate().flip()).toString();
    } catch (CharacterCodingException e) {
      throw new UsageException("the request is not UTF-8");
    }
  }

  private static String unescape(String line) throws UsageException {
    StringBuilder argument = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\') {
        i++;
        c = i < line.length() ? line.charAt(i) : 0;
        if (c != '\\' && c != 'n') {
          throw new UsageException("the request has a backslash before neither \\ nor n");
        }
        c = c == 'n' ? '\n' : c;
      }
      argument.append(c);
    }
    return argument.toString();
  }
}
