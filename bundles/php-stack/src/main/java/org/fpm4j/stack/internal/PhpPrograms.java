package org.fpm4j.stack.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The programs processes run, looked into once per file: a pool's workers share one. The file is
 * the one the process was started from ({@code /proc/PID/exe}), though it may be deleted or
 * replaced by now, and whatever the process's root directory. Any thread.
 */
final class PhpPrograms {

  /** More programs than a host's pools run at a time. */
  private static final int KEPT = 16;

  private record FileIdentity(Object key, long modified, long size) {}

  private final Map<FileIdentity, PhpProgram> known =
      new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<FileIdentity, PhpProgram> eldest) {
          return size() > KEPT;
        }
      };

  /**
   * Returns the program a process runs.
   *
   * @param process {@code /proc/PID}
   * @throws NoPhpStackException if it is not a PHP whose stacks can be read
   * @throws IOException if there is no such process, or the kernel refuses
   */
  synchronized PhpProgram of(Path process) throws IOException, NoPhpStackException {
    Path executable = process.resolve("exe");
    BasicFileAttributes file = Files.readAttributes(executable, BasicFileAttributes.class);
    FileIdentity identity =
        new FileIdentity(file.fileKey(), file.lastModifiedTime().toMillis(), file.size());
    PhpProgram program = known.get(identity);
    if (program == null) {
      try (FileChannel image = FileChannel.open(executable, StandardOpenOption.READ)) {
        program = PhpProgram.of(image, Files.readSymbolicLink(executable).toString());
      }
      known.put(identity, program);
    }
    return program;
  }
}
