package org.fpm4j.posix.internal;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Native memory for the length of one call: a stack per thread, so that handing structures to libc
 * costs no allocation.
 *
 * <p>Use with try-with-resources; opening inside an open scratch of the same thread is allowed and
 * gives back only its own part. What does not fit into the thread's block is allocated apart and
 * freed on close. Not to be passed to another thread.
 */
public final class Scratch implements AutoCloseable {
  private static final MemoryIO MEMORY = MemoryIO.getInstance();
  private static final int BLOCK = 16 * 1024;
  private static final ThreadLocal<Stack> STACKS = ThreadLocal.withInitial(Stack::new);

  /** One thread's block; the scratch objects are reused too, one for each depth of nesting. */
  private static final class Stack {
    final ByteBuffer keepsBlockAlive = ByteBuffer.allocateDirect(BLOCK);
    final long start = MEMORY.getDirectBufferAddress(keepsBlockAlive);
    final List<Scratch> scratches = new ArrayList<>();
    int depth;
    int used;
  }

  private final Stack stack;
  private List<Long> separate = List.of();
  private int mark;

  private Scratch(Stack stack) {
    this.stack = stack;
  }

  /** Opens the calling thread's scratch memory. */
  public static Scratch open() {
    Stack stack = STACKS.get();
    if (stack.depth == stack.scratches.size()) {
      stack.scratches.add(new Scratch(stack));
    }
    Scratch scratch = stack.scratches.get(stack.depth++);
    scratch.mark = stack.used;
    return scratch;
  }

  /**
   * Memory of the given size in bytes, zeroed, aligned for any type of C.
   *
   * @return its address, valid until this scratch is closed
   */
  public long allocate(long size) {
    long rounded = (size + 15) & ~15L;
    long address;
    if (rounded <= BLOCK - stack.used) {
      address = stack.start + stack.used;
      stack.used += (int) rounded;
      MEMORY.setMemory(address, rounded, (byte) 0);
    } else {
      address = MEMORY.allocateMemory(rounded, true);
      if (separate.isEmpty()) {
        separate = new ArrayList<>();
      }
      separate.add(address);
    }
    return address;
  }

  /** The text in UTF-8, ended by a NUL. A NUL inside is refused: libc would see half of it. */
  public long string(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("NUL character in " + text.replace('\0', '?'));
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    long address = allocate(bytes.length + 1L);
    MEMORY.putByteArray(address, bytes, 0, bytes.length);
    return address;
  }

  /** A NULL-terminated array of pointers to the texts, as argv and environ are. */
  public long strings(List<String> texts) {
    long array = allocate((texts.size() + 1L) * Long.BYTES);
    for (int i = 0; i < texts.size(); i++) {
      MEMORY.putAddress(array + (long) i * Long.BYTES, string(texts.get(i)));
    }
    return array;
  }

  /**
   * Reads a NUL-terminated text.
   *
   * @param address of its first byte, or 0
   * @return the text decoded as UTF-8, or null for address 0
   */
  public static String stringAt(long address) {
    return address == 0
        ? null
        : new String(MEMORY.getZeroTerminatedByteArray(address), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    if (!separate.isEmpty()) {
      separate.forEach(MEMORY::freeMemory);
      separate = List.of();
    }
    stack.used = mark;
    stack.depth--;
  }
}
