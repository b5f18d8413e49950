package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong is said in one clear line, and other pools go on. */
class BadInputIT {

  @RegisterExtension final Site site = new Site();

  /** A pool with something wrong beside a good one: the log names it, the good one serves. */
  private RunningMaster expectTrouble(String pattern, String... settings) throws IOException {
    List<String> bad = new ArrayList<>(List.of("pm = static", "pm.max_children = 1"));
    bad.addAll(Arrays.asList(settings));
    site.pool("bad", bad.toArray(String[]::new));
    site.pool("www", "pm = static", "pm.max_children = 1");
    site.expectLog(pattern);
    site.expectLog("no worker can be started, next try in");
    RunningMaster master = site.start();

    master.awaitLog("ERROR: .*(" + pattern + ")");
    assertTrue(site.client("www").get(site.pidScript()).matches("\\d+"));
    return master;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          program = /nowhere/php-cgi            | program = /nowhere/php-cgi.*does not exist
          program = php-cgi-of-no-version       | program.*php-cgi-of-no-version.*PATH
          program = /etc/passwd                 | program = /etc/passwd.*not executable
          user = nobody-of-this-name            | user.*nobody-of-this-name
          group = nothing-of-this-name          | group.*nothing-of-this-name
          pm.max_children = 70000               | pm.max_children.*70000.*1 to 65536
          pm.max_requests = many                | pm.max_requests.*many
          request_terminate_timeout = soon      | request_terminate_timeout.*soon
          listen = 127.0.0.1:99999              | listen.*99999
          listen.mode = rw-rw-rw-               | listen.mode.*rw-rw-rw-
          chdir = /nowhere                      | chdir.*/nowhere
          chroot = nowhere                      | chroot.*nowhere
          clear_env = perhaps                   | clear_env.*perhaps
          """)
  void namesKeyAndValueAndOtherPoolsGoOn(String setting, String pattern) throws IOException {
    expectTrouble(pattern, setting);
  }

  @Test
  void programThatNeverAcceptsIsEndedAfterItsTime() throws IOException {
    RunningMaster master =
        expectTrouble(
            "zygote \\d+ did not come to accept|generation \\d did not start",
            "program = /bin/sleep",
            "program.args = 1000",
            "pm.start_timeout = 1s");

    master.awaitLog("pm.start_timeout \\(1 s\\), program '/bin/sleep'");
    master.awaitLog("\\[pool bad\\] no worker can be started");
    site.awaitStatus("bad", "failed", status -> status.text("state").equals("FAILED"));
  }

  @Test
  void programThatEndsAtOnceIsNamedWithItsExitCode() throws IOException {
    expectTrouble("generation \\d did not start: zygote exited .*code 1", "program = /bin/false");
  }

  @Test
  void tcpAddressInUseIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();

      expectTrouble(address + ".*[Aa]ddress already in use", "listen = " + address);
    }
  }

  @Test
  void liveUnixSocketIsNamedAndLeftAlone() throws IOException {
    Path socket = site.path("taken.sock");
    try (ServerSocketChannel taken = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      taken.bind(UnixDomainSocketAddress.of(socket));

      expectTrouble(
          "Another FPM instance seems to already listen on " + socket, "listen = " + socket);
      PoolClient.unix(socket).connect().close();
    }
    java.nio.file.Files.delete(socket);
  }

  @Test
  void staleUnixSocketIsReplaced() throws IOException {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(site.socket("www")));
    }
    site.pool("www", "pm = static", "pm.max_children = 1");
    site.start();

    assertTrue(site.client("www").get(site.pidScript()).matches("\\d+"));
  }

  @Test
  void failedPoolRecoversOnceItsSettingsAreMended() throws IOException {
    expectTrouble("does not exist|did not start", "program = /nowhere/php-cgi");

    site.pool("bad", "pm = static", "pm.max_children = 1");

    Await.until("a page", () -> site.client("bad").get(site.pidScript()).matches("\\d+"));
  }

  @Test
  void failedPoolIsTriedAgainAfterAWhile() throws IOException {
    Path program = site.path("program");
    java.nio.file.Files.createSymbolicLink(program, Path.of("/bin/false"));
    RunningMaster master =
        expectTrouble(
            "generation \\d did not start|no worker can be started", "program = " + program);
    master.awaitLog("\\[pool bad\\] no worker can be started, next try in 10 s");

    java.nio.file.Files.delete(program);
    java.nio.file.Files.createSymbolicLink(program, Path.of("/usr/bin/php-cgi"));

    Await.until("a page", () -> site.client("bad").get(site.pidScript()).matches("\\d+"));
    site.awaitStatus("bad", "running", status -> status.text("state").equals("RUNNING"));
  }

  @Test
  void garbageOnTheSocketHarmsNobody() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 1");
    site.start();
    List<Integer> before = site.awaitWorkers("www", 1);

    for (String garbage :
        List.of("GET / HTTP/1.0\r\n\r\n", "\0\0\0\0\0\0\0\0", "\1\1\0\1\377\377")) {
      try (java.nio.channels.SocketChannel channel =
          java.nio.channels.SocketChannel.open(UnixDomainSocketAddress.of(site.socket("www")))) {
        channel.write(java.nio.charset.StandardCharsets.ISO_8859_1.encode(garbage));
      }
    }

    assertEquals(before.get(0).toString(), site.client("www").get(site.pidScript()));
  }
}
