package org.fpm4j.remote.user;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code fpm4j jmx-user}: adds, replaces or removes a user of remote JMX. The password is asked for
 * on the terminal, or is the first line of standard input.
 */
public final class UserCommand {

  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 64;
  private static final int SHORTEST = 8;
  private static final Pattern TERMINAL = Pattern.compile("/dev/(pts/|tty|console).*");

  private final Path file;
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;

  private UserCommand(Path file, InputStream in, PrintStream out, PrintStream err) {
    this.file = file;
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /**
   * Runs the command.
   *
   * @param file the users' file, made if it is missing
   * @param words {@code NAME ROLE} or {@code --remove NAME}
   * @return the exit code: 0 done, 1 failed, 64 wrong words
   */
  public static int run(
      Path file, List<String> words, InputStream in, PrintStream out, PrintStream err) {
    UserCommand command = new UserCommand(file, in, out, err);
    try {
      return command.run(new ArrayList<>(words));
    } catch (IOException e) {
      return command.fail(FAILED, e.getMessage());
    }
  }

  private int run(List<String> words) throws IOException {
    boolean remove = words.remove("--remove");
    if (words.size() != (remove ? 1 : 2)) {
      return fail(USAGE, "usage: fpm4j jmx-user NAME monitor|control, or --remove NAME");
    }
    String name = words.get(0);
    if (!UsersFile.NAME.matcher(name).matches()) {
      return fail(USAGE, "'" + name + "' is no name: letters, digits, . _ @ -, at most 64");
    }
    return remove ? remove(name) : put(name, words.get(1));
  }

  private int remove(String name) throws IOException {
    if (!new UsersFile(file).remove(name)) {
      return fail(FAILED, "no user " + name + " in " + file);
    }
    out.println("user " + name + " removed from " + file);
    return OK;
  }

  private int put(String name, String word) throws IOException {
    Optional<Role> role = Role.of(word);
    if (role.isEmpty()) {
      return fail(USAGE, "'" + word + "' is no role (legal: monitor, control)");
    }
    char[] password = password();
    if (password.length < SHORTEST) {
      return fail(FAILED, "the password has fewer than " + SHORTEST + " characters");
    }
    new UsersFile(file).put(name, new UsersFile.User(role.get(), PasswordHash.of(password)));
    out.println("user " + name + " with role " + word + " written to " + file);
    return OK;
  }

  private char[] password() throws IOException {
    if (isTerminal()) {
      char[] typed = System.console().readPassword("password: ");
      return typed == null ? new char[0] : typed;
    }
    String line = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
    return line == null ? new char[0] : line.toCharArray();
  }

  /** From Java 22 on there is a console even when the input is none. */
  @SuppressWarnings("SystemConsoleNull") // the input is looked at
  private static boolean isTerminal() throws IOException {
    String input = Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString();
    return TERMINAL.matcher(input).matches() && System.console() != null;
  }

  private int fail(int code, String line) {
    err.println("fpm4j: " + line);
    return code;
  }
}
