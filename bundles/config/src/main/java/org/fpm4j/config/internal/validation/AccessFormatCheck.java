package org.fpm4j.config.internal.validation;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** php-fpm's test of {@code access.format}, with its words for what is wrong. */
final class AccessFormatCheck {

  private static final String PLAIN_TOKENS = "%fllmnpPqQrRsu";

  private AccessFormatCheck() {}

  /** What is wrong with the format; empty = nothing. */
  static Optional<String> problem(String format) {
    int at = 0;
    while ((at = format.indexOf('%', at)) >= 0 && at + 1 < format.length()) {
      at++;
      String modifier = "";
      if (format.charAt(at) == '{') {
        int end = format.indexOf('}', at);
        if (end < 0 || end + 1 == format.length()) {
          return Optional.of("missing closing embrace in the access.format");
        }
        modifier = format.substring(at + 1, end);
        at = end + 1;
      }
      Optional<String> problem = problem(format.charAt(at), modifier);
      if (problem.isPresent()) {
        return problem;
      }
      at++;
    }
    return Optional.empty();
  }

  private static Optional<String> problem(char token, String modifier) {
    String lower = modifier.toLowerCase(Locale.ROOT);
    String problem =
        switch (token) {
          case 'C' ->
              oneOf(
                  lower,
                  List.of("total", "user", "system"),
                  "only 'total', 'user' or 'system'",
                  token,
                  modifier);
          case 'd' ->
              oneOf(
                  lower,
                  List.of(
                      "seconds",
                      "milli",
                      "milliseconds",
                      "mili",
                      "miliseconds",
                      "micro",
                      "microseconds"),
                  "only 'seconds', 'milli', 'milliseconds', 'micro' or 'microseconds'",
                  token,
                  modifier);
          case 'M' ->
              oneOf(
                  lower,
                  List.of("bytes", "kilo", "kilobytes", "mega", "megabytes"),
                  "only 'bytes', 'kilo', 'kilobytes', 'mega' or 'megabytes'",
                  token,
                  modifier);
          case 'e' ->
              modifier.isEmpty()
                  ? "the name of the environment variable must be set between embraces for %e"
                  : "";
          case 'o' ->
              modifier.isEmpty()
                  ? "the name of the header must be set between embraces for %o"
                  : "";
          case 't', 'T' -> "";
          default -> {
            if (PLAIN_TOKENS.indexOf(token) < 0) {
              yield "Invalid token in the access.format (%" + token + ")";
            }
            yield modifier.isEmpty() ? "" : "embrace is not allowed for modifier %" + token;
          }
        };
    return problem.isEmpty() ? Optional.empty() : Optional.of(problem);
  }

  private static String oneOf(
      String lower, List<String> legal, String names, char token, String modifier) {
    return lower.isEmpty() || legal.contains(lower)
        ? ""
        : names + " are allowed as a modifier for %" + token + " ('" + modifier + "')";
  }
}
