package org.fpm4j.config.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.fpm4j.config.internal.source.PropertiesText;

/** Changes single entries of a .cfg file in place. Only one thread at a time may do so. */
final class CfgFile {

  private CfgFile() {}

  /** Whether it is a file this can change: not one of Config Admin's own format. */
  static boolean isOne(Path file) {
    return file.toString().endsWith(".cfg");
  }

  /** The text; bytes beyond ASCII are not decoded, but come out as they went in. */
  static PropertiesText read(Path file) throws IOException {
    return PropertiesText.parse(Files.readString(file, StandardCharsets.ISO_8859_1));
  }

  /**
   * Changes one entry; everything else, comments too, stays as it is, and so do owner and
   * permissions.
   *
   * @param value empty removes the entry
   */
  static void rewrite(Path file, String key, Optional<String> value) throws IOException {
    FileReplacement.replace(file, read(file).with(key, value.orElse(null)));
  }
}
