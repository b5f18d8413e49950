package org.fpm4j.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;

class StrftimeTest {

  private static final String ALL =
      "aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%"
          .chars()
          .mapToObj(c -> c == '%' ? "%%" : "%" + (char) c + "|")
          .reduce("", String::concat);

  /** date(1) uses the same conversions; it is asked what the system's libc says. */
  private static String date(ZonedDateTime time, String format)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("date", "-d", "@" + time.toEpochSecond(), "+" + format);
    builder.environment().put("TZ", time.getZone().getId());
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor());
    return text.substring(0, text.length() - 1);
  }

  @Test
  void saysWhatTheSystemSays() throws IOException, InterruptedException {
    for (String zone : List.of("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kolkata")) {
      for (long second :
          new long[] {0, 1_735_603_199, 1_751_328_005, 1_609_459_200, 1_483_203_600}) {
        ZonedDateTime time =
            ZonedDateTime.ofInstant(Instant.ofEpochSecond(second), ZoneId.of(zone));
        assertEquals(date(time, ALL), Strftime.format(ALL, time), zone + " " + second);
      }
    }
  }

  @Test
  void leavesWhatIsNoConversionAlone() {
    ZonedDateTime time = ZonedDateTime.ofInstant(Instant.EPOCH, ZoneId.of("UTC"));
    assertEquals("%! 1970 %", Strftime.format("%! %EY %", time));
  }
}
