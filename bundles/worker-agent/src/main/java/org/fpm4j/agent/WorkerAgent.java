package org.fpm4j.agent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The agent library this bundle carries.
 *
 * <p>Stateless; any thread.
 */
public final class WorkerAgent {

  private static final int NAME_HASH_BYTES = 8;

  private WorkerAgent() {}

  /**
   * Puts the library into a directory. Its file name contains a hash of its content, so a newer
   * agent never overwrites the file a running zygote has mapped; a file that is there already with
   * the right content is left alone.
   *
   * @param directory an existing directory that only the master's user can write to
   * @return absolute path of the library, mode 0755, fit for {@code LD_PRELOAD}
   * @throws IOException if the path has a blank or a colon (the dynamic loader splits there), this
   *     machine's architecture has no library, or writing fails
   */
  public static Path extractTo(Path directory) throws IOException {
    Path parent = directory.toAbsolutePath().normalize();
    if (parent.toString().matches(".*[ :].*")) {
      throw new IOException(
          "the agent cannot be preloaded from a path with blank or colon: " + parent);
    }
    byte[] library = library();
    Path target = parent.resolve("libfpm4j-agent-" + hash(library) + ".so");
    if (Files.isRegularFile(target) && Arrays.equals(Files.readAllBytes(target), library)) {
      return target;
    }
    Path draft = Files.createTempFile(parent, ".libfpm4j-agent-", ".so");
    try {
      Files.write(draft, library);
      Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rwxr-xr-x"));
      return Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
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

  private static String hash(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(digest, 0, NAME_HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
