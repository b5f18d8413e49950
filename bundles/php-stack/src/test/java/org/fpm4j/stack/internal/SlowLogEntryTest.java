package org.fpm4j.stack.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import org.fpm4j.process.SlowRequest;
import org.fpm4j.stack.Frame;
import org.fpm4j.stack.Frame.Kind;
import org.fpm4j.stack.PhpStack;
import org.junit.jupiter.api.Test;

class SlowLogEntryTest {

  private static final LocalDateTime TIME = LocalDateTime.of(2026, 11, 2, 5, 3, 24, 123_456_000);
  private static final Frame MAIN = frame(0x10, Kind.MAIN, "", "/srv/index.php", 3);
  private static final Frame INCLUDE = frame(0x20, Kind.INCLUDE, "", "/srv/inc.php", 7);
  private static final Frame WORK = frame(0x30, Kind.USER, "work", "/srv/lib.php", 12);
  private static final Frame SLEEP =
      new Frame(0x7f1c_2a01_4120L, Kind.INTERNAL, "Db", "sleep", "", 0);

  private static Frame frame(long address, Kind kind, String function, String file, int line) {
    return new Frame(address, kind, "", function, file, line);
  }

  private static String text(int depth, String note, Frame... frames) {
    SlowRequest request = new SlowRequest("www", 1234, "/sent.php", 1, Path.of("/x"), depth);
    String script = frames.length == 0 ? "" : "/srv/index.php";
    return SlowLogEntry.text(request, new PhpStack(script, List.of(frames), note), TIME, false);
  }

  @Test
  void entryLooksAsPhpFpmsDoes() {
    assertEquals(
        """

        [02-Nov-2026 05:03:24]  [pool www] pid 1234
        script_filename = /srv/index.php
        [0x00007f1c2a014120] sleep() /srv/lib.php:12
        [0x0000000000000030] work() /srv/inc.php:7
        [0x0000000000000020] [INCLUDE_OR_EVAL]() /srv/index.php:3
        """,
        text(20, "", SLEEP, WORK, INCLUDE, MAIN));
  }

  @Test
  void depthCutsTheStackNotThePlaceOfItsLastLine() {
    assertEquals(
        """

        [02-Nov-2026 05:03:24]  [pool www] pid 1234
        script_filename = /srv/index.php
        [0x00007f1c2a014120] sleep() /srv/lib.php:12
        """,
        text(1, "", SLEEP, SLEEP, WORK, MAIN));
  }

  @Test
  void callFromNoPhpCodeIsUnknown() {
    Frame none = frame(0x40, Kind.NONE, "", "", 0);
    String entry = text(20, "", WORK, none, MAIN);
    assertEquals(
        "[0x0000000000000030] work() unknown:0\n[0x0000000000000040] ???() /srv/index.php:3\n",
        entry.substring(entry.indexOf("[0x")));
  }

  @Test
  void programWithoutAStackStillHasHeaderAndScript() {
    assertEquals(
        """

        [02-Nov-2026 05:03:24]  [pool www] pid 1234
        script_filename = /sent.php
        +++ dump failed: no PHP stack: /usr/bin/perl is not PHP
        """,
        text(20, "no PHP stack: /usr/bin/perl is not PHP"));
  }

  @Test
  void exactTimeHasMicroseconds() {
    SlowRequest request = new SlowRequest("www", 1, "/a\nb", 1, Path.of("/x"), 1);
    assertEquals(
        "\n[02-Nov-2026 05:03:24.123456]  [pool www] pid 1\nscript_filename = /a.b\n",
        SlowLogEntry.text(request, new PhpStack("", List.of(), ""), TIME, true));
  }
}
