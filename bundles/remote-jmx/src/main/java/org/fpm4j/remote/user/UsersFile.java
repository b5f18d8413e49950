package org.fpm4j.remote.user;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The file of users: lines of name, role and {@link PasswordHash}, separated by blanks; empty lines
 * and those that begin with # mean nothing. Only its owner may have any access to it.
 *
 * @param file where it is
 */
public record UsersFile(Path file) {

  /** What a name may be made of. */
  public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

  private static final Set<PosixFilePermission> OF_THE_OWNER =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  /**
   * A user.
   *
   * @param role what the user may do
   * @param password what proves it is the user
   */
  public record User(Role role, PasswordHash password) {}

  /**
   * Reads all users by name.
   *
   * @throws IOException if the file is missing, cannot be read, is open to others or holds a line
   *     that is none; the message names file and line and never repeats a hash
   */
  public Map<String, User> read() throws IOException {
    requirePrivate(file);
    Map<String, User> users = new LinkedHashMap<>();
    int number = 0;
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      number++;
      if (isEntry(line)) {
        String[] words = line.strip().split("\\s+", -1);
        Optional<Role> role = words.length == 3 ? Role.of(words[1]) : Optional.empty();
        if (role.isEmpty() || !NAME.matcher(words[0]).matches()) {
          throw new IOException(
              file
                  + ":"
                  + number
                  + ": not a line 'NAME monitor|control HASH'; fpm4j jmx-user"
                  + " writes one");
        }
        users.put(words[0], new User(role.get(), hash(words[2], number)));
      }
    }
    return users;
  }

  private PasswordHash hash(String text, int line) throws IOException {
    try {
      return PasswordHash.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ":" + line + ": " + e.getMessage(), e);
    }
  }

  /**
   * Makes sure that a file is there and nobody but its owner has access to it.
   *
   * @throws IOException if not; the message says what to do
   */
  public static void requirePrivate(Path file) throws IOException {
    Set<PosixFilePermission> permissions;
    try {
      permissions = Files.getPosixFilePermissions(file);
    } catch (NoSuchFileException e) {
      throw new IOException(file + " does not exist", e);
    }
    if (!OF_THE_OWNER.containsAll(permissions)) {
      throw new IOException(
          "%s has mode %s: others than its owner have access (legal: rw-------, chmod 600)"
              .formatted(file, PosixFilePermissions.toString(permissions)));
    }
  }

  /**
   * Adds a user or replaces the one of that name; makes the file, mode 600, if it is missing.
   *
   * @throws IOException as {@link #read}, or if it cannot be written
   */
  public void put(String name, User user) throws IOException {
    List<String> lines = without(name);
    lines.add(name + " " + user.role().word() + " " + user.password());
    write(lines);
  }

  /**
   * Removes a user.
   *
   * @return whether there was one of that name
   */
  public boolean remove(String name) throws IOException {
    int before = lines().size();
    List<String> left = without(name);
    write(left);
    return left.size() < before;
  }

  private List<String> without(String name) throws IOException {
    List<String> lines = new ArrayList<>(lines());
    lines.removeIf(line -> isEntry(line) && line.strip().split("\\s+", -1)[0].equals(name));
    return lines;
  }

  private List<String> lines() throws IOException {
    if (!Files.exists(file)) {
      return List.of(
          "# Users of remote JMX: name, role (monitor or control), hash of the password");
    }
    requirePrivate(file);
    return Files.readAllLines(file, StandardCharsets.UTF_8);
  }

  private static boolean isEntry(String line) {
    return !line.isBlank() && !line.strip().startsWith("#");
  }

  private void write(List<String> lines) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(draft);
    Files.createFile(
        draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(draft, lines, StandardCharsets.UTF_8, StandardOpenOption.WRITE);
    if (Files.exists(file) && !Files.getOwner(draft).equals(Files.getOwner(file))) {
      Files.setOwner(draft, Files.getOwner(file));
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
