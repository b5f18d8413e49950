package org.fpm4j.config.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;

/** Puts a new text in the place of a file's, at once. */
final class FileReplacement {

  private FileReplacement() {}

  /**
   * Replaces a file; its owner, group and permissions stay, and so does a symbolic link to it.
   *
   * @param text each character a byte
   */
  static void replace(Path file, String text) throws IOException {
    Path target = file.toRealPath();
    // No half-written file is ever seen, and neither File Install nor php-fpm's include patterns
    // look at names that begin and end so.
    Path scratch = target.resolveSibling("." + target.getFileName() + ".new");
    try {
      Files.writeString(scratch, text, StandardCharsets.ISO_8859_1);
      PosixFileAttributes before = Files.readAttributes(target, PosixFileAttributes.class);
      PosixFileAttributeView after =
          Files.getFileAttributeView(scratch, PosixFileAttributeView.class);
      after.setPermissions(before.permissions());
      if (!Files.getOwner(scratch).equals(before.owner())) {
        after.setOwner(before.owner());
      }
      if (!after.readAttributes().group().equals(before.group())) {
        after.setGroup(before.group());
      }
      Files.move(
          scratch, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(scratch);
    }
  }
}
