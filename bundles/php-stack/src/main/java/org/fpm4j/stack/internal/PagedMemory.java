package org.fpm4j.stack.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Numbers and texts from a process's memory, fetched by pages and kept until {@link #forget}.
 * Frames lie side by side, so a stack takes a few system calls, and what stands on one page is of
 * one moment.
 *
 * <p>Nothing read is believed: any address may come in, the number of pages fetched between two
 * {@link #forget} is bounded, and so is every text. One thread.
 */
final class PagedMemory {

  private static final int PAGE = 4096;
  private static final int KEPT = 64;

  /** A stack of ordinary depth takes some 30 pages. */
  private static final int MOST_FETCHES = 2048;

  /** php-fpm's buffer for one text, less its NUL. */
  private static final int MOST_TEXT = 1023;

  /** User space ends below this on x86_64 and aarch64, with five levels of page tables too. */
  private static final long END = 1L << 56;

  private final Memory memory;
  private final long[] tags = new long[KEPT];
  private final ByteBuffer[] pages = new ByteBuffer[KEPT];
  private int fetches;

  PagedMemory(Memory memory) {
    this.memory = memory;
    forget();
  }

  /** Lets all pages go: what is read next is read anew. */
  void forget() {
    Arrays.fill(tags, -1);
    fetches = 0;
  }

  /** Lets the page of one address go. */
  void forget(long address) {
    long start = address - address % PAGE;
    int place = (int) (start / PAGE % KEPT);
    if (tags[place] == start) {
      tags[place] = -1;
    }
  }

  /** Reads a pointer; 0 is one. */
  long pointer(long address) throws UnreadableException {
    long value = word(address);
    if (value != 0 && (value < PAGE || value >= END)) {
      throw new UnreadableException("no pointer");
    }
    return value;
  }

  long word(long address) throws UnreadableException {
    check(address, Long.BYTES);
    return page(address).getLong((int) (address % PAGE));
  }

  int number(long address) throws UnreadableException {
    check(address, Integer.BYTES);
    return page(address).getInt((int) (address % PAGE));
  }

  byte octet(long address) throws UnreadableException {
    check(address, Byte.BYTES);
    return page(address).get((int) (address % PAGE));
  }

  /** Structures are aligned, so nothing that is read spans two pages. */
  private static void check(long address, int size) throws UnreadableException {
    if (address < PAGE || address >= END || address % size != 0) {
      throw new UnreadableException("no address");
    }
  }

  /** Reads a text that ends with a NUL or after {@value #MOST_TEXT} bytes. */
  String text(long address) throws UnreadableException {
    return text(address, MOST_TEXT);
  }

  /** Reads a text that ends with a NUL, or after {@code length} or {@value #MOST_TEXT} bytes. */
  String text(long address, long length) throws UnreadableException {
    byte[] bytes = new byte[(int) Math.min(length, MOST_TEXT)];
    int end = 0;
    while (end < bytes.length) {
      byte next = octet(address + end);
      if (next == 0) {
        break;
      }
      boolean control = (next >= 0 && next < ' ') || next == 0x7f;
      bytes[end++] = control ? (byte) '.' : next;
    }
    return withoutControls(new String(bytes, 0, end, StandardCharsets.UTF_8));
  }

  /** Replaces U+0080 to U+009F too, which a terminal takes for escapes. */
  private static String withoutControls(String text) {
    return text.chars().anyMatch(c -> c >= 0x80 && c < 0xa0)
        ? text.replaceAll("[\\x{80}-\\x{9f}]", ".")
        : text;
  }

  private ByteBuffer page(long address) throws UnreadableException {
    long start = address - address % PAGE;
    int place = (int) (start / PAGE % KEPT);
    if (tags[place] != start) {
      fetch(start, place);
    }
    return pages[place];
  }

  private void fetch(long start, int place) throws UnreadableException {
    if (++fetches > MOST_FETCHES) {
      throw new UnreadableException("too much memory");
    }
    if (pages[place] == null) {
      pages[place] = ByteBuffer.allocate(PAGE).order(ByteOrder.nativeOrder());
    }
    tags[place] = -1;
    if (!memory.read(start, pages[place].clear())) {
      throw new UnreadableException("not mapped");
    }
    tags[place] = start;
  }
}
