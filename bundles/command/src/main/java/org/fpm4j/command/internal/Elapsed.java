package org.fpm4j.command.internal;

import java.time.Duration;

/** A duration for people: its two largest units, as {@code 3h 12m}. */
final class Elapsed {

  private Elapsed() {}

  static String text(Duration elapsed) {
    if (elapsed.toDays() > 0) {
      return elapsed.toDays() + "d " + elapsed.toHoursPart() + "h";
    }
    if (elapsed.toHours() > 0) {
      return elapsed.toHours() + "h " + elapsed.toMinutesPart() + "m";
    }
    if (elapsed.toMinutes() > 0) {
      return elapsed.toMinutes() + "m " + elapsed.toSecondsPart() + "s";
    }
    return Math.max(0, elapsed.toSeconds()) + "s";
  }
}
