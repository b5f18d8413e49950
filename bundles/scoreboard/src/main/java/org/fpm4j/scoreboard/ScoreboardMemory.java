package org.fpm4j.scoreboard;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Typed access to the bytes of one scoreboard, by offset, with the memory order named in the
 * method. Bounds are the buffer's own, so that no offset reaches outside the file. Any thread.
 */
final class ScoreboardMemory {
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final ByteBuffer buffer;
  private final int slots;

  /** Takes a direct, 8-byte aligned buffer of exactly {@code fileLength(slots)} bytes. */
  ScoreboardMemory(ByteBuffer buffer, int slots) {
    this.buffer = buffer;
    this.slots = slots;
  }

  int slots() {
    return slots;
  }

  /**
   * Offset of a slot's first byte.
   *
   * @throws IndexOutOfBoundsException if there is no such slot
   */
  int slotOffset(int slot) {
    return ScoreboardLayout.slotOffset(Objects.checkIndex(slot, slots));
  }

  int getInt(int offset) {
    return (int) INT.getOpaque(buffer, offset);
  }

  int getIntAcquire(int offset) {
    return (int) INT.getAcquire(buffer, offset);
  }

  void setInt(int offset, int value) {
    INT.setOpaque(buffer, offset, value);
  }

  void setIntRelease(int offset, int value) {
    INT.setRelease(buffer, offset, value);
  }

  long getLong(int offset) {
    return (long) LONG.getOpaque(buffer, offset);
  }

  void setLong(int offset, long value) {
    LONG.setOpaque(buffer, offset, value);
  }

  /** Adds to what other processes may add to at the same time. */
  void addLong(int offset, long value) {
    long unused = (long) LONG.getAndAdd(buffer, offset, value);
  }

  /** Each of the longs is whole; they need not be of one moment. */
  long[] getLongs(int offset, int count) {
    long[] longs = new long[count];
    ByteBuffer bytes = buffer.slice(offset, count * Long.BYTES).order(ByteOrder.nativeOrder());
    bytes.asLongBuffer().get(longs);
    return longs;
  }

  byte[] getBytes(int offset, int length) {
    byte[] bytes = new byte[length];
    buffer.get(offset, bytes);
    return bytes;
  }

  void setBytes(int offset, byte[] bytes) {
    buffer.put(offset, bytes);
  }

  /** Stores text NUL padded, cut to {@code size - 1} bytes of UTF-8. */
  void setText(int offset, int size, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    byte[] field = new byte[size];
    System.arraycopy(utf8, 0, field, 0, Math.min(utf8.length, size - 1));
    setBytes(offset, field);
  }

  /**
   * The text of a NUL padded field; a field without NUL ends at its size. Bytes that are no UTF-8
   * become U+FFFD; a character that the writer's cut left incomplete is dropped.
   */
  static String text(byte[] bytes, int offset, int size) {
    int end = offset;
    while (end < offset + size && bytes[end] != 0) {
      end++;
    }
    if (end - offset >= size - 1) {
      end = withoutIncompleteCharacter(bytes, offset, end);
    }
    return new String(bytes, offset, end - offset, StandardCharsets.UTF_8);
  }

  private static int withoutIncompleteCharacter(byte[] bytes, int offset, int end) {
    for (int back = 1; back <= 3 && end - back >= offset; back++) {
      int b = bytes[end - back] & 0xff;
      if (b >= 0xc0) {
        int length = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
        return length > back ? end - back : end;
      }
      if (b < 0x80) {
        return end;
      }
    }
    return end;
  }
}
