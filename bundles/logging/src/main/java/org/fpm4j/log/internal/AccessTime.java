package org.fpm4j.log.internal;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.fpm4j.log.Strftime;

/** A time of the access log in one format; requests of one second share the text. */
public final class AccessTime {

  private final String format;
  private long second = Long.MIN_VALUE;
  private String text = "";

  /**
   * @param format of strftime(3)
   */
  public AccessTime(String format) {
    this.format = format;
  }

  /** The text for a second since 1970, in local time. */
  public String at(long epochSecond) {
    if (epochSecond != second) {
      ZonedDateTime time =
          ZonedDateTime.ofInstant(Instant.ofEpochSecond(epochSecond), ZoneId.systemDefault());
      text = Strftime.format(format, time);
      second = epochSecond;
    }
    return text;
  }
}
