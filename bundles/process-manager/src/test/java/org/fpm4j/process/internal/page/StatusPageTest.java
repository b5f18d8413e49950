package org.fpm4j.process.internal.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.fpm4j.process.WorkerSnapshot;
import org.junit.jupiter.api.Test;

/** The expected texts were recorded from php-fpm 8.2, with figures of this test put in. */
class StatusPageTest {

  private static final WorkerSnapshot IDLE =
      Snapshot.worker(
          71, true, "/a\u00e9<b>\"'&.php", "x=1&y=<2>/\u263a\ud83d\ude00", "/srv/a b.php");

  private static String render(PageForm form, boolean full, WorkerSnapshot... workers) {
    return form.render(new StatusPage(Snapshot.pool(workers), Snapshot.NOW_MS, full));
  }

  private static String date(String epochSeconds) {
    return LogDate.of(epochSeconds);
  }

  @Test
  void textHasItsValuesInOneColumn() {
    assertEquals(
        """
        pool:                 www
        process manager:      static
        start time:           DATE
        start since:          3
        accepted conn:        9
        listen queue:         6
        max listen queue:     7
        listen queue len:     8
        idle processes:       1
        active processes:     1
        total processes:      2
        max active processes: 2
        max children reached: 5
        slow requests:        14

        ************************
        pid:                  70
        state:                Idle
        start time:           DATE
        start since:          3
        requests:             0
        request duration:     0
        request method:       -
        request URI:          -
        content length:       0
        user:                 -
        script:               -
        last request cpu:     0.00
        last request memory:  0

        ************************
        pid:                  72
        state:                Running
        start time:           DATE
        start since:          3
        requests:             3
        request duration:     2000
        request method:       GET
        request URI:          /b.php?q
        content length:       0
        user:                 -
        script:               /srv/b.php
        last request cpu:     0.00
        last request memory:  0
        """
            .replace("DATE", date("1795329125")),
        render(
            PageForm.TEXT,
            true,
            Snapshot.fresh(70),
            Snapshot.worker(72, false, "/b.php", "q", "/srv/b.php")));
  }

  @Test
  void jsonIsOneLineWithBareNumbers() {
    String pool =
        "{\"pool\":\"www\",\"process manager\":\"static\",\"start time\":1795329125,"
            + "\"start since\":3,\"accepted conn\":9,\"listen queue\":6,\"max listen queue\":7,"
            + "\"listen queue len\":8,\"idle processes\":1,\"active processes\":1,"
            + "\"total processes\":2,\"max active processes\":2,\"max children reached\":5,"
            + "\"slow requests\":14";
    assertEquals(pool + "}", render(PageForm.JSON, false, IDLE));
    assertEquals(pool + ", \"processes\":[]}", render(PageForm.JSON, true));
    assertEquals(
        pool
            + ", \"processes\":[{\"pid\":71,\"state\":\"Idle\",\"start time\":1795329125,"
            + "\"start since\":3,\"requests\":3,\"request duration\":2000,"
            + "\"request method\":\"GET\","
            + "\"request uri\":\"\\/a\\u00e9<b>\\\"'&.php?x=1&y=<2>\\/\\u263a\\ud83d\\ude00\","
            + "\"content length\":0,\"user\":\"-\",\"script\":\"\\/srv\\/a b.php\","
            + "\"last request cpu\":75.00,\"last request memory\":2097152}]}",
        render(PageForm.JSON, true, IDLE));
  }

  @Test
  void xmlHasHyphensForBlanks() {
    String xml = render(PageForm.XML, true, IDLE);
    assertTrue(xml.startsWith("<?xml version=\"1.0\" ?>\n<status>\n<pool>www</pool>\n"), xml);
    assertTrue(xml.contains("<listen-queue-len>8</listen-queue-len>\n"), xml);
    assertTrue(
        xml.contains(
            "<processes>\n<process><pid>71</pid><state>Idle</state>"
                + "<start-time>1795329125</start-time>"),
        xml);
    assertTrue(
        xml.contains(
            "<request-uri>/a\u00e9&lt;b&gt;&quot;'&amp;.php"
                + "?x=1&amp;y=&lt;2&gt;/\u263a\ud83d\ude00</request-uri>"),
        xml);
    assertTrue(
        xml.endsWith(
            "<last-request-memory>2097152</last-request-memory></process>\n"
                + "</processes>\n</status>"),
        xml);
    assertTrue(render(PageForm.XML, false).endsWith("</slow-requests>\n</status>"));
  }

  @Test
  void htmlEndsWithoutLineBreak() {
    assertTrue(
        render(PageForm.HTML, false)
            .endsWith("<tr><th>slow requests</th><td>14</td></tr>\n</table>\n</body></html>"));
    String full = render(PageForm.HTML, true, Snapshot.fresh(70));
    assertTrue(
        full.contains(
            "</table>\n<table border=\"1\">\n<tr><th>pid</th><th>state</th><th>start time</th>"
                + "<th>start since</th><th>requests</th><th>request duration</th>"
                + "<th>request method</th><th>request uri</th><th>content length</th>"
                + "<th>user</th><th>script</th><th>last request cpu</th>"
                + "<th>last request memory</th></tr>\n<tr><td>70</td><td>Idle</td><td>"),
        full);
    assertTrue(full.endsWith("<td>0.00</td><td>0</td></tr>\n</table></body></html>"), full);
  }

  @Test
  void openMetricsAppendsOurFiguresAndEnds() {
    String text = render(PageForm.OPENMETRICS, true, IDLE);
    assertTrue(
        text.startsWith(
            """
            # HELP phpfpm_up Could pool www using a static PM on PHP-FPM be reached?
            # TYPE phpfpm_up gauge
            phpfpm_up 1
            """),
        text);
    assertTrue(
        text.contains(
            """
            # TYPE phpfpm_listen_queue_length gauge
            # HELP phpfpm_listen_queue_length The size of the socket queue of pending connections.
            phpfpm_listen_queue_length 8
            """),
        text);
    assertTrue(text.contains("# TYPE fpm4j_requests counter\nfpm4j_requests_total 10\n"), text);
    assertTrue(text.endsWith("\n# EOF\n"), text);
    assertFalse(text.contains("71"), "no workers");
  }

  @Test
  void whatAClientSendsNeverBreaksOutOfAForm() {
    WorkerSnapshot hostile = Snapshot.worker(71, true, "/\u0001\"\n\ufffd", "\\", "/<i>\"\\\u0002");
    String json = render(PageForm.JSON, true, hostile);
    assertTrue(json.contains("\"request uri\":\"\\/\\u0001\\\"\\n?\\\\\""), json);
    assertTrue(json.contains("\"script\":\"\\/<i>\\\"\\\\\\u0002\""), json);
    assertTrue(render(PageForm.HTML, true, hostile).contains("<td>/&lt;i&gt;&quot;\\\u0002</td>"));
    assertTrue(render(PageForm.XML, true, hostile).contains("<request-uri>?\\</request-uri>"));
  }

  @Test
  void datesAreThoseOfTheCLocale() {
    assertEquals(
        "05/Sep/2026:06:07:08 -0330",
        LogDate.of(ZonedDateTime.of(2026, 9, 5, 6, 7, 8, 0, ZoneOffset.ofHoursMinutes(-3, -30))));
    assertEquals(
        "31/Dec/2026:23:59:59 +0000",
        LogDate.of(ZonedDateTime.of(2026, 12, 31, 23, 59, 59, 0, ZoneOffset.UTC)));
  }
}
