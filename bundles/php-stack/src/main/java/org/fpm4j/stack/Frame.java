package org.fpm4j.stack;

/**
 * One frame of a PHP call stack. Texts come from the worker's memory: control characters are
 * replaced by a dot, what is not UTF-8 by U+FFFD, and each ends after 1023 bytes.
 *
 * @param address of the frame ({@code zend_execute_data}) in the worker
 * @param kind what runs in it
 * @param className class the function belongs to, empty for none
 * @param function name of the function, empty unless the kind is {@link Kind#USER} or {@link
 *     Kind#INTERNAL}
 * @param file the PHP file, empty if the frame runs no PHP code
 * @param line where in the file execution stands, 0 if the frame runs no PHP code; the first line
 *     of the function where PHP keeps the place in a register only
 */
public record Frame(
    long address, Kind kind, String className, String function, String file, int line) {

  /** What runs in a frame. */
  public enum Kind {
    /** A function or method written in PHP. */
    USER,
    /** A function or method written in C. */
    INTERNAL,
    /** The top level of a file that was included. */
    INCLUDE,
    /** The top level of code given to {@code eval}; PHP names its file after the place of that. */
    EVAL,
    /** The top level of the script the request asked for. */
    MAIN,
    /** None: PHP puts such a frame between some callbacks and who called them. */
    NONE
  }

  /**
   * Returns what a reader calls the frame: {@code App\Db::query()}, {@code include}, {@code
   * {main}}.
   */
  public String name() {
    return switch (kind) {
      case USER, INTERNAL -> (className.isEmpty() ? "" : className + "::") + function + "()";
      case INCLUDE -> "include";
      case EVAL -> "eval";
      case MAIN -> "{main}";
      case NONE -> "???";
    };
  }
}
