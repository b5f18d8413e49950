package org.fpm4j.log;

import java.util.Locale;
import java.util.Optional;

/** The facilities {@code syslog.facility} may name, with their codes of RFC 5424, section 6.2.1. */
public enum SyslogFacility {
  KERN(0),
  USER(1),
  MAIL(2),
  DAEMON(3),
  AUTH(4),
  SYSLOG(5),
  LPR(6),
  NEWS(7),
  UUCP(8),
  CRON(9),
  AUTHPRIV(10),
  FTP(11),
  LOCAL0(16),
  LOCAL1(17),
  LOCAL2(18),
  LOCAL3(19),
  LOCAL4(20),
  LOCAL5(21),
  LOCAL6(22),
  LOCAL7(23);

  private final int code;

  SyslogFacility(int code) {
    this.code = code;
  }

  /** The facility's number, not shifted: 3 for DAEMON (php-fpm's dump shows it shifted, 24). */
  public int code() {
    return code;
  }

  /**
   * Reads a value of the {@code syslog.facility} directive.
   *
   * @param value the directive's text, in any case and without {@code LOG_}
   * @return the facility, or empty when there is none of that name
   */
  public static Optional<SyslogFacility> parse(String value) {
    String name = value.toUpperCase(Locale.ROOT);
    for (SyslogFacility facility : values()) {
      if (facility.name().equals(name)) {
        return Optional.of(facility);
      }
    }
    return Optional.empty();
  }
}
