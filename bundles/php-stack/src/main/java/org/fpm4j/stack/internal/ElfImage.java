package org.fpm4j.stack.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is wanted of a 64-bit ELF program file: addresses of symbols, a text among its constants,
 * and where its program headers are (System V ABI, chapters 4 and 5). The file may be any file:
 * what is not as it should be is an {@link IOException}. It is read by pieces, as a program may be
 * larger than the master's heap. One thread.
 */
final class ElfImage {

  private static final int HEADER = 64;
  private static final int MAGIC = 0x7f454c46;
  private static final byte CLASS_64 = 2;
  private static final byte LITTLE_ENDIAN = 1;

  private static final int PROGRAM_HEADER = 56;
  private static final int PT_PHDR = 6;

  private static final int SECTION_HEADER = 64;
  private static final int SHT_PROGBITS = 1;
  private static final int SHT_SYMTAB = 2;
  private static final int SHT_DYNSYM = 11;
  private static final long SHF_WRITE = 1;
  private static final long SHF_ALLOC = 2;
  private static final long SHF_EXECINSTR = 4;

  private static final int SYMBOL = 24;

  /** Bytes read at once: a multiple of {@link #SYMBOL}, larger than any table of headers. */
  private static final int PIECE = SYMBOL * 8192;

  /** What is looked for is shorter, so that it stands whole in one of two pieces that overlap. */
  private static final int OVERLAP = 128;

  private record Section(int type, long flags, long offset, long size, int link) {}

  private final FileChannel file;
  private final ByteBuffer header;
  private final List<Section> sections = new ArrayList<>();

  /**
   * Reads the headers.
   *
   * @param file stays the caller's, open for as long as this is used
   * @throws IOException if it cannot be read or is no 64-bit little-endian ELF file
   */
  ElfImage(FileChannel file) throws IOException {
    this.file = file;
    this.header = read(0, HEADER);
    boolean elf =
        Integer.reverseBytes(header.getInt(0)) == MAGIC
            && header.get(4) == CLASS_64
            && header.get(5) == LITTLE_ENDIAN;
    if (!elf) {
      throw new IOException("not a 64-bit little-endian ELF file");
    }
    ByteBuffer table = table(header.getLong(40), header.getShort(60), SECTION_HEADER);
    for (int at = 0; at < table.limit(); at += SECTION_HEADER) {
      sections.add(
          new Section(
              table.getInt(at + 4),
              table.getLong(at + 8),
              table.getLong(at + 24),
              table.getLong(at + 32),
              table.getInt(at + 40)));
    }
  }

  private ByteBuffer table(long offset, short count, int entry) throws IOException {
    return read(offset, Math.min(Short.toUnsignedInt(count) * entry, PIECE / entry * entry));
  }

  /**
   * Returns the address the program headers were linked for. What the kernel says they are at
   * ({@code AT_PHDR}), less this, is what every address of the file is moved by.
   *
   * @throws IOException if the program has none: it is not dynamically linked
   */
  long programHeaders() throws IOException {
    ByteBuffer table = table(header.getLong(32), header.getShort(56), PROGRAM_HEADER);
    for (int at = 0; at < table.limit(); at += PROGRAM_HEADER) {
      if (table.getInt(at) == PT_PHDR) {
        return table.getLong(at + 16);
      }
    }
    throw new IOException("not dynamically linked");
  }

  /**
   * Looks up defined symbols, first among those for dynamic linking, then among those a debugger
   * has.
   *
   * @return the addresses of those found, as linked
   */
  Map<String, Long> symbols(Set<String> names) throws IOException {
    Map<String, Long> found = new HashMap<>();
    for (int type : new int[] {SHT_DYNSYM, SHT_SYMTAB}) {
      for (Section section : sections) {
        if (section.type() == type && !found.keySet().containsAll(names)) {
          collect(section, names, found);
        }
      }
    }
    return found;
  }

  private void collect(Section table, Set<String> names, Map<String, Long> found)
      throws IOException {
    if (table.link() < 0 || table.link() >= sections.size()) {
      throw new IOException("a symbol table without names");
    }
    Map<Integer, String> wanted = places(sections.get(table.link()), names);
    if (wanted.isEmpty()) {
      return;
    }
    for (long done = 0; done < table.size(); done += PIECE) {
      ByteBuffer symbols = read(table.offset() + done, Math.min(PIECE, table.size() - done));
      for (int at = 0; at + SYMBOL <= symbols.limit(); at += SYMBOL) {
        String name = wanted.get(symbols.getInt(at));
        boolean defined = symbols.getShort(at + 6) != 0;
        if (name != null && defined) {
          found.putIfAbsent(name, symbols.getLong(at + 8));
        }
      }
    }
  }

  /** Returns where names stand in a table of strings, also as the end of a longer one. */
  private Map<Integer, String> places(Section strings, Set<String> names) throws IOException {
    Map<Integer, String> places = new HashMap<>();
    for (long done = 0; done < strings.size(); done += PIECE) {
      String piece = piece(strings, done);
      for (String name : names) {
        for (int at = piece.indexOf(name + '\0');
            at >= 0;
            at = piece.indexOf(name + '\0', at + 1)) {
          places.put((int) done + at, name);
        }
      }
    }
    return places;
  }

  /**
   * Returns the first match among the constants: what is loaded, but neither code nor written.
   *
   * @param pattern matches at most {@value #OVERLAP} bytes, seen as ISO 8859-1
   */
  Optional<String> constant(Pattern pattern) throws IOException {
    for (Section section : sections) {
      boolean constants =
          section.type() == SHT_PROGBITS
              && (section.flags() & SHF_ALLOC) != 0
              && (section.flags() & (SHF_WRITE | SHF_EXECINSTR)) == 0;
      for (long done = 0; constants && done < section.size(); done += PIECE) {
        Matcher matcher = pattern.matcher(piece(section, done));
        if (matcher.find()) {
          return Optional.of(matcher.group());
        }
      }
    }
    return Optional.empty();
  }

  private String piece(Section section, long done) throws IOException {
    long size = Math.min(PIECE + OVERLAP, section.size() - done);
    return new String(read(section.offset() + done, size).array(), StandardCharsets.ISO_8859_1);
  }

  private ByteBuffer read(long offset, long size) throws IOException {
    if (offset < 0 || size < 0 || offset > file.size() - size) {
      throw new IOException("a header points outside the file");
    }
    ByteBuffer into = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
    while (into.hasRemaining()) {
      if (file.read(into, offset + into.position()) < 0) {
        throw new IOException("the file is cut off");
      }
    }
    return into.flip();
  }
}
