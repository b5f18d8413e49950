package org.fpm4j.log.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.fpm4j.log.LogLevel;
import org.fpm4j.log.LogTarget;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Sockets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyslogTest {

  private static final int DAEMON_FACILITY = 24;

  @TempDir Path directory;

  private final LineForm form =
      new SyslogForm(
          Clock.fixed(Instant.parse("2025-11-03T10:00:00Z"), ZoneOffset.UTC),
          new LogTarget.Syslog("php-fpm", DAEMON_FACILITY),
          4711);

  @Test
  void carriesTheMessagesOwnSeverity() {
    assertEquals(
        "<27>Nov  3 10:00:00 php-fpm[4711]: [ERROR] text\n", line(form, LogLevel.ERROR, "text"));
    assertEquals(
        "<29>Nov  3 10:00:00 php-fpm[4711]: [NOTICE] text\n", line(form, LogLevel.NOTICE, "text"));
  }

  @Test
  void framesWhatIsNotDecorated() {
    assertEquals("<28>Nov  3 10:00:00 php-fpm[4711]: ", form.frame(LogLevel.WARNING));
  }

  @Test
  void copiesToStandardErrorWithoutTime() {
    assertEquals("[ALERT] text\n", line(form.forStandardError(), LogLevel.ALERT, "text"));
  }

  @Test
  void sendsOneDatagramPerLineAndFindsARestartedDaemon() throws IOException {
    Path path = directory.resolve("log");
    SyslogSink sink = new SyslogSink(path);
    assertThrows(IOException.class, () -> sink.write(new byte[] {'a', '\n'}));
    for (int restart = 0; restart < 2; restart++) {
      try (Descriptor daemon = Sockets.open(Sockets.Family.UNIX, Sockets.Type.DATAGRAM)) {
        Files.deleteIfExists(path);
        Sockets.bind(daemon, UnixDomainSocketAddress.of(path));
        sink.write("one\n".getBytes(UTF_8));
        sink.write("two\n".getBytes(UTF_8));
        assertEquals("one", received(daemon));
        assertEquals("two", received(daemon));
      }
    }
    sink.close();
  }

  private static String line(LineForm form, LogLevel level, String text) {
    return new String(form.line(level, null, text, 1024), UTF_8);
  }

  private static String received(Descriptor daemon) throws IOException {
    ByteBuffer datagram = ByteBuffer.allocate(1024);
    Sockets.receive(daemon, datagram);
    return UTF_8.decode(datagram.flip()).toString();
  }
}
