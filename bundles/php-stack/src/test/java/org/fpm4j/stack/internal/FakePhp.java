package org.fpm4j.stack.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.fpm4j.stack.Frame;

/** The memory of a PHP process that was never there, laid out as one PHP version does. */
final class FakePhp implements Memory {

  private static final long BASE = 0x7f00_0000_0000L;
  private static final int SIZE = 1 << 20;
  private static final long EXECUTOR_GLOBALS = BASE;
  private static final long SAPI_GLOBALS = BASE + 1024;

  private final ZendLayout layout;
  private final ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.nativeOrder());
  private long free = BASE + 4096;
  private long innermost;

  FakePhp(ZendLayout layout) {
    this.layout = layout;
  }

  PhpAddresses addresses() {
    return new PhpAddresses(layout, EXECUTOR_GLOBALS, SAPI_GLOBALS);
  }

  @Override
  public boolean read(long address, ByteBuffer into) {
    if (address < BASE || address > BASE + SIZE - into.remaining()) {
      return false;
    }
    into.put(
        bytes
            .duplicate()
            .position((int) (address - BASE))
            .limit((int) (address - BASE) + into.remaining()));
    return true;
  }

  long allocate(int size) {
    long address = free;
    free += (size + 7L) / 8 * 8;
    return address;
  }

  void putLong(long address, long value) {
    bytes.putLong((int) (address - BASE), value);
  }

  void putInt(long address, int value) {
    bytes.putInt((int) (address - BASE), value);
  }

  void putBytes(long address, byte[] value) {
    bytes.put((int) (address - BASE), value);
  }

  FakePhp script(String path) {
    long text = allocate(path.length() + 1);
    putBytes(text, path.getBytes(StandardCharsets.UTF_8));
    putLong(SAPI_GLOBALS + ZendLayout.PATH_TRANSLATED, text);
    return this;
  }

  long string(byte[] text) {
    long at = allocate(ZendLayout.STRING_TEXT + text.length + 1);
    putLong(at + ZendLayout.STRING_LENGTH, text.length);
    putBytes(at + ZendLayout.STRING_TEXT, text);
    return at;
  }

  long string(String text) {
    return string(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Makes a function with ten instructions, on lines {@code firstLine} and after. */
  long userFunction(String className, String name, String file, int firstLine) {
    long at = function(ZendLayout.USER_FUNCTION, className, name);
    long instructions = allocate(10 * ZendLayout.OP_SIZE);
    for (int i = 0; i < 10; i++) {
      putInt(instructions + (long) i * ZendLayout.OP_SIZE + ZendLayout.LINENO, firstLine + i);
    }
    putLong(at + layout.opcodes(), instructions);
    putInt(at + layout.last(), 10);
    putLong(at + layout.filename(), string(file));
    putInt(at + layout.lineStart(), firstLine);
    return at;
  }

  long evalCode(String file) {
    long at = userFunction("", "", file, 1);
    putBytes(at + ZendLayout.TYPE, new byte[] {ZendLayout.EVAL_CODE});
    return at;
  }

  long internalFunction(String className, String name) {
    return function(ZendLayout.INTERNAL_FUNCTION, className, name);
  }

  private long function(byte type, String className, String name) {
    long at = allocate(256);
    putBytes(at + ZendLayout.TYPE, new byte[] {type});
    if (!name.isEmpty()) {
      putLong(at + ZendLayout.FUNCTION_NAME, string(name));
    }
    if (!className.isEmpty()) {
      long scope = allocate(64);
      putLong(scope + ZendLayout.CLASS_NAME, string(className));
      putLong(at + ZendLayout.SCOPE, scope);
    }
    return at;
  }

  /**
   * Calls a function: its frame becomes the innermost.
   *
   * @param instruction which of a user function's instructions it is at
   */
  long call(long function, int instruction, Frame.Kind kind) {
    long frame = allocate(96);
    putLong(frame + ZendLayout.FUNC, function);
    if (function != 0 && kind != Frame.Kind.INTERNAL) {
      long instructions = bytes.getLong((int) (function + layout.opcodes() - BASE));
      putLong(frame + ZendLayout.OPLINE, instructions + (long) instruction * ZendLayout.OP_SIZE);
    }
    putInt(frame + ZendLayout.CALL_INFO, kind == Frame.Kind.MAIN ? ZendLayout.CALL_TOP : 0);
    putLong(frame + ZendLayout.PREV_EXECUTE_DATA, innermost);
    putLong(EXECUTOR_GLOBALS + layout.currentExecuteData(), frame);
    innermost = frame;
    return frame;
  }
}
