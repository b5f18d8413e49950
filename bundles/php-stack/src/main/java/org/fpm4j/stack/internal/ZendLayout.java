package org.fpm4j.stack.internal;

import java.util.Arrays;
import java.util.Optional;

/**
 * Where the Zend engine of one PHP version keeps what a stack is made of, in bytes from the
 * beginning of the structure; 64-bit, not thread-safe (NTS). {@code OFFSETS.md} of this bundle says
 * how each number was derived.
 *
 * <p>A minor version of PHP never changes these: extensions compiled for it rely on them, and the
 * module API number, by which a layout is chosen, stands for that promise.
 */
enum ZendLayout {
  PHP_7_4("7.4", 20190902, 488, 60, 64, 136, 144),
  PHP_8_0("8.0", 20200930, 488, 68, 72, 144, 152),
  PHP_8_1("8.1", 20210902, 488, 68, 72, 144, 152),
  PHP_8_2("8.2", 20220829, 488, 80, 88, 152, 160),
  PHP_8_3("8.3", 20230831, 488, 76, 80, 144, 152),
  PHP_8_4("8.4", 20240924, 488, 96, 104, 168, 176),
  PHP_8_5("8.5", 20250925, 512, 96, 104, 168, 176);

  /** {@code sapi_globals.request_info.path_translated}. */
  static final int PATH_TRANSLATED = 40;

  /** {@code zend_execute_data.opline}, the instruction executed last that PHP wrote down. */
  static final int OPLINE = 0;

  /** {@code zend_execute_data.func}. */
  static final int FUNC = 24;

  /** {@code zend_execute_data.This.u1.type_info}, whose upper half says how the call was made. */
  static final int CALL_INFO = 40;

  /** {@code zend_execute_data.prev_execute_data}. */
  static final int PREV_EXECUTE_DATA = 48;

  /** {@code ZEND_CALL_TOP} in {@link #CALL_INFO}: called by C code, not by PHP code. */
  static final int CALL_TOP = 1 << 17;

  /** {@code zend_function.type}. */
  static final int TYPE = 0;

  /** {@code ZEND_INTERNAL_FUNCTION} in {@link #TYPE}. */
  static final byte INTERNAL_FUNCTION = 1;

  /** {@code ZEND_USER_FUNCTION} in {@link #TYPE}, a file's top level too. */
  static final byte USER_FUNCTION = 2;

  /** {@code ZEND_EVAL_CODE} in {@link #TYPE}. */
  static final byte EVAL_CODE = 4;

  /** {@code zend_function.common.function_name}. */
  static final int FUNCTION_NAME = 8;

  /** {@code zend_function.common.scope}. */
  static final int SCOPE = 16;

  /** {@code zend_op.lineno}. */
  static final int LINENO = 24;

  /** {@code sizeof(zend_op)}. */
  static final int OP_SIZE = 32;

  /** {@code zend_string.len}. */
  static final int STRING_LENGTH = 16;

  /** {@code zend_string.val}. */
  static final int STRING_TEXT = 24;

  /** {@code zend_class_entry.name}. */
  static final int CLASS_NAME = 8;

  private final String version;
  private final int moduleApi;
  private final int currentExecuteData;
  private final int last;
  private final int opcodes;
  private final int filename;
  private final int lineStart;

  ZendLayout(
      String version,
      int moduleApi,
      int currentExecuteData,
      int last,
      int opcodes,
      int filename,
      int lineStart) {
    this.version = version;
    this.moduleApi = moduleApi;
    this.currentExecuteData = currentExecuteData;
    this.last = last;
    this.opcodes = opcodes;
    this.filename = filename;
    this.lineStart = lineStart;
  }

  /** Returns the layout for {@code ZEND_MODULE_API_NO}. */
  static Optional<ZendLayout> ofModuleApi(int number) {
    return Arrays.stream(values()).filter(layout -> layout.moduleApi == number).findFirst();
  }

  /** PHP's version, {@code 8.2}. */
  String version() {
    return version;
  }

  /** {@code executor_globals.current_execute_data}. */
  int currentExecuteData() {
    return currentExecuteData;
  }

  /** {@code zend_op_array.last}, the number of instructions. */
  int last() {
    return last;
  }

  /** {@code zend_op_array.opcodes}. */
  int opcodes() {
    return opcodes;
  }

  /** {@code zend_op_array.filename}. */
  int filename() {
    return filename;
  }

  /** {@code zend_op_array.line_start}. */
  int lineStart() {
    return lineStart;
  }
}
