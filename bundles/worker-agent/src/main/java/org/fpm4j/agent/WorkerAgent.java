package org.fpm4j.agent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The agent library this bundle carries.
 *
 * <p>Stateless; any thread.
 */
public final class WorkerAgent {

  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rwxr-xr-x");

  private static final String PREFIX = "libfpm4j-agent-";
  private static final String SUFFIX = ".so";

  private WorkerAgent() {}

  /**
   * Puts the library into a directory. Its file name contains a checksum of its content, so that
   * one can see who has which agent mapped. The file is never written to: one that is there with
   * the right content is left alone, any other replaced by a new file, and what earlier versions
   * have put there is deleted. One caller at a time.
   *
   * @param directory an existing directory that only the master's user can write to
   * @return absolute path of the library, mode 0755, fit for {@code LD_PRELOAD}
   * @throws IOException if the path has a blank or a colon (the dynamic loader splits there), this
   *     machine's architecture has no library, or writing fails
   */
  public static Path extractTo(Path directory) throws IOException {
    Path parent = directory.toAbsolutePath().normalize();
    if (parent.toString().indexOf(' ') >= 0 || parent.toString().indexOf(':') >= 0) {
      throw new IOException(
          "the agent cannot be preloaded from a path with blank or colon: " + parent);
    }
    byte[] library = library();
    Path target = parent.resolve(PREFIX + checksum(library) + SUFFIX);
    if (Files.isRegularFile(target) && Arrays.equals(Files.readAllBytes(target), library)) {
      return target;
    }
    Path draft = parent.resolve(".libfpm4j-agent.so.new");
    try {
      Files.deleteIfExists(draft);
      Files.write(draft, library, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      Files.setPosixFilePermissions(draft, MODE);
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
    deleteOthers(target);
    return target;
  }

  /** Those of other versions: a process that has one mapped keeps it without the name. */
  private static void deleteOthers(Path library) throws IOException {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(library.getParent(), PREFIX + "*" + SUFFIX)) {
      for (Path file : files) {
        if (!file.equals(library)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static byte[] library() throws IOException {
    String resource = "/native/" + architecture() + "/libfpm4j-agent.so";
    try (InputStream in = WorkerAgent.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("this build carries no agent for " + architecture());
      }
      return in.readAllBytes();
    }
  }

  /** The name {@code uname -m} has for this machine, which the build uses. */
  private static String architecture() {
    String name = System.getProperty("os.arch");
    return name.equals("amd64") ? "x86_64" : name;
  }

  /** Not SHA-256: digesting 130 kB before the JIT compiler is warm takes 30 ms of the start. */
  private static String checksum(byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(content);
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }
}
