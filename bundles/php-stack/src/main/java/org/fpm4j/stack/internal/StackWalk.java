package org.fpm4j.stack.internal;

import java.util.ArrayList;
import java.util.List;
import org.fpm4j.stack.Frame;
import org.fpm4j.stack.PhpStack;

/**
 * Follows a PHP process's frames, innermost first, as php-fpm's {@code fpm_php_trace.c} does, but
 * while the process runs on: frames come and go under the reader's eyes. A frame counts only if it
 * is whole: a known kind of function, readable names, a line within the function's instructions.
 * The first that is not ends the stack.
 *
 * <p>Nothing here throws, whatever the memory holds. One thread.
 */
final class StackWalk {

  /** Longer names than PHP's own limits allow are no names. */
  private static final long MOST_NAME = 1 << 20;

  private static final int MOST_INSTRUCTIONS = 1 << 24;
  private static final int TRIES = 8;
  private static final String TORN = "the worker went on while it was read";

  private final PagedMemory memory;
  private final PhpAddresses php;

  StackWalk(PagedMemory memory, PhpAddresses php) {
    this.memory = memory;
    this.php = php;
  }

  /**
   * Reads the stack as it is now.
   *
   * @param most frames to read, the innermost ones
   */
  PhpStack read(int most) {
    memory.forget();
    String script = script();
    List<Frame> frames = new ArrayList<>();
    try {
      long at = innermost();
      while (at != 0 && frames.size() < most) {
        frames.add(frame(at));
        at = memory.pointer(at + ZendLayout.PREV_EXECUTE_DATA);
      }
      return new PhpStack(script, frames, "");
    } catch (UnreadableException torn) {
      return new PhpStack(script, frames, TORN);
    }
  }

  /**
   * Returns the address of the innermost frame, with its page fetched while it was that. A worker
   * that calls and returns all the time is given up on after some tries and read as it comes.
   */
  private long innermost() throws UnreadableException {
    long current = php.executorGlobals() + php.layout().currentExecuteData();
    long at = memory.pointer(current);
    for (int tries = 0; tries < TRIES && at != 0; tries++) {
      memory.forget(at);
      memory.word(at + ZendLayout.FUNC);
      memory.forget(current);
      long now = memory.pointer(current);
      if (now == at) {
        break;
      }
      at = now;
    }
    return at;
  }

  private String script() {
    try {
      long text = memory.pointer(php.sapiGlobals() + ZendLayout.PATH_TRANSLATED);
      return text == 0 ? "" : memory.text(text);
    } catch (UnreadableException none) {
      return "";
    }
  }

  private Frame frame(long at) throws UnreadableException {
    long function = memory.pointer(at + ZendLayout.FUNC);
    if (function == 0) {
      return new Frame(at, Frame.Kind.NONE, "", "", "", 0);
    }
    byte type = memory.octet(function + ZendLayout.TYPE);
    long name = memory.pointer(function + ZendLayout.FUNCTION_NAME);
    if (type == ZendLayout.INTERNAL_FUNCTION) {
      return new Frame(at, Frame.Kind.INTERNAL, className(function), name(name), "", 0);
    }
    if (type != ZendLayout.USER_FUNCTION && type != ZendLayout.EVAL_CODE) {
      throw new UnreadableException("no function");
    }
    String file = name(memory.pointer(function + php.layout().filename()));
    int line = line(at, function);
    if (name != 0) {
      return new Frame(at, Frame.Kind.USER, className(function), name(name), file, line);
    }
    if (type == ZendLayout.EVAL_CODE) {
      return new Frame(at, Frame.Kind.EVAL, "", "", file, line);
    }
    boolean top = (memory.number(at + ZendLayout.CALL_INFO) & ZendLayout.CALL_TOP) != 0;
    return new Frame(at, top ? Frame.Kind.MAIN : Frame.Kind.INCLUDE, "", "", file, line);
  }

  private String className(long function) throws UnreadableException {
    long scope = memory.pointer(function + ZendLayout.SCOPE);
    return scope == 0 ? "" : name(memory.pointer(scope + ZendLayout.CLASS_NAME));
  }

  private String name(long string) throws UnreadableException {
    long length = memory.word(string + ZendLayout.STRING_LENGTH);
    if (length <= 0 || length > MOST_NAME) {
      throw new UnreadableException("no name");
    }
    return memory.text(string + ZendLayout.STRING_TEXT, length);
  }

  /**
   * The line of the frame's instruction. A function just entered has not written it down: what
   * stands there is left from an earlier call, and the function's first line is shown.
   */
  private int line(long at, long function) throws UnreadableException {
    long instructions = memory.pointer(function + php.layout().opcodes());
    long count = Math.min(memory.number(function + php.layout().last()), MOST_INSTRUCTIONS);
    long instruction = memory.word(at + ZendLayout.OPLINE);
    long distance = instruction - instructions;
    boolean within =
        instructions != 0
            && distance >= 0
            && distance < count * ZendLayout.OP_SIZE
            && distance % ZendLayout.OP_SIZE == 0;
    return Math.max(
        0,
        within
            ? memory.number(instruction + ZendLayout.LINENO)
            : memory.number(function + php.layout().lineStart()));
  }
}
