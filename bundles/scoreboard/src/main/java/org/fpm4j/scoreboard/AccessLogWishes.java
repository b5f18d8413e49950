package org.fpm4j.scoreboard;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What the access log wants to know of a request beyond what every record holds.
 *
 * @param cpu whether the CPU time is wanted, which costs workers four system calls a request
 * @param parameters names of request parameters
 * @param headers names of response headers, spelt as the program sends them
 */
public record AccessLogWishes(boolean cpu, List<String> parameters, List<String> headers) {

  /** Most names of each kind that workers look for. */
  public static final int MAX_NAMES = 32;

  /** Longest name workers keep, in bytes. */
  private static final int MAX_NAME_BYTES = 127;

  public AccessLogWishes {
    parameters = List.copyOf(parameters);
    headers = List.copyOf(headers);
  }

  /** Returns the names that have no room in the scoreboard, or are too long or too many. */
  public List<String> unfulfilled() {
    List<String> left = new ArrayList<>();
    write(left);
    return left;
  }

  /** The list as the file holds it, ended by a NUL. */
  byte[] names() {
    return write(new ArrayList<>());
  }

  private byte[] write(List<String> left) {
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    write(list, 'e', parameters, left);
    write(list, 'o', headers, left);
    list.write(0);
    return list.toByteArray();
  }

  private static void write(
      ByteArrayOutputStream list, char kind, List<String> names, List<String> left) {
    int written = 0;
    for (String name : names) {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      boolean fits = list.size() + bytes.length + 3 <= ScoreboardLayout.ACCESS_NAMES_SIZE;
      if (!fits || bytes.length > MAX_NAME_BYTES || written == MAX_NAMES) {
        left.add(name);
        continue;
      }
      list.write(kind);
      list.writeBytes(bytes);
      list.write(0);
      written++;
    }
  }
}
