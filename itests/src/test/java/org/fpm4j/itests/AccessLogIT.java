package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.fpm4j.fastcgi.ClientRequest;
import org.fpm4j.fastcgi.FastCgiClient;
import org.fpm4j.fastcgi.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The access log: php-fpm's lines, kept through rotation, reload, a dead master and a full disk.
 */
class AccessLogIT {

  private static final Path PHP_FPM = Path.of("/usr/sbin/php-fpm8.2");

  /** Every token; fields that differ from run to run stand in brackets and are masked. */
  private static final String EVERY_TOKEN =
      "%R %n %u <%m %r%Q%q %{SERVER_PROTOCOL}e> %s %l %% %f o:%{X-Answer}o,%{x-answer}o"
          + ",%{Content-type}o,%{Set-Cookie}o e:%{HTTP_HOST}e,%{NOBODY}e,%{REQUEST_URI}e"
          + " [%p] [%P] [%C] [%{user}C] [%{System}C] [%{total}C] [%d] [%{seconds}d]"
          + " [%{milliseconds}d] [%{milli}d] [%{microseconds}d] [%{micro}d] [%M] [%{bytes}M]"
          + " [%{kilobytes}M] [%{kilo}M] [%{megabytes}M] [%{mega}M] [%t] [%{%Y-%m-%dT%H:%M:%S}t]"
          + " [%T] [%{%s}T]";

  @RegisterExtension final Site site = new Site();

  private List<String> lines(String file) throws IOException {
    Path path = site.path(file);
    return Files.exists(path) ? Files.readAllLines(path) : List.of();
  }

  private List<String> awaitLines(String file, int count) {
    return Await.value(
        count + " lines in " + file, () -> lines(file), lines -> lines.size() >= count);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return socket.getLocalPort();
    }
  }

  private static PoolClient onPort(int port) {
    return new PoolClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  /** Digits to 9, so that shape stays and value goes; php-fpm's CPU is in ticks of 10 ms. */
  private static String masked(String line) {
    return Pattern.compile("\\[[^]]*]")
        .matcher(line)
        .replaceAll(
            field -> field.group().replaceAll("\\d+", "9").replaceAll("[A-Z][a-z]{2}", "M"));
  }

  /** The same requests, kept alive among them, to whoever listens. */
  private void sendAll(PoolClient client, Path script) throws IOException {
    client.get(script);
    client.get(script, "a=1&b=%20");
    client.post(script, "twelve bytes");
    client.get(script, "status=404");
    client.get(script, "status=503");
    client.get(script, "redirect=1");
    client.get(script, "big=1");
    Map<String, String> params = PoolClient.params(script, "");
    params.put("HTTP_HOST", "example.org");
    params.put("HTTP_AUTHORIZATION", "Basic YWxpY2U6c2VjcmV0");
    params.put("REQUEST_METHOD", "HEAD");
    client.request(params);
    params.put("QUERY_STRING", "long=" + "x".repeat(600));
    client.request(params);
    try (FastCgiClient kept = client.connect()) {
      for (int i = 0; i < 2; i++) {
        kept.request(
            new ClientRequest(
                Role.RESPONDER,
                PoolClient.params(script, "kept=" + i),
                ByteBuffer.allocate(0),
                true),
            PoolClient.TIMEOUT);
      }
    }
    Map<String, String> ping = PoolClient.params(script, "");
    ping.put("SCRIPT_NAME", "/quiet.php");
    client.request(ping);
    ping.put("QUERY_STRING", "status=500");
    client.request(ping);
  }

  private Path answers() {
    return site.script(
        "answers.php",
        """
        <?php
        if (isset($_GET['status'])) http_response_code((int) $_GET['status']);
        if (isset($_GET['redirect'])) header('Location: /elsewhere');
        header('X-Answer: 42');
        header('Content-Type: text/plain');
        setcookie('a', '1');
        setcookie('b', '2');
        if (isset($_GET['big'])) echo str_repeat('x', 300000);
        echo 'hello';
        """);
  }

  @Test
  void linesAreThoseOfPhpFpm() throws Exception {
    assumeTrue(Site.ROOT && Files.isExecutable(PHP_FPM), "php-fpm8.2 to compare with");
    Path script = answers();
    int port = freePort();
    String access =
        "access.format = \"" + EVERY_TOKEN + "\"\naccess.suppress_path[] = /quiet.php\n";
    Path conf =
        site.write(
            site.path("php-fpm.conf"),
            """
            [global]
            error_log = /dev/stderr
            daemonize = no
            [www]
            user = www-data
            group = www-data
            listen = 127.0.0.1:%d
            pm = static
            pm.max_children = 1
            access.log = %s
            %s\
            """
                .formatted(port, site.path("php-fpm.log"), access));
    Process phpFpm =
        new ProcessBuilder(PHP_FPM.toString(), "-F", "-y", conf.toString())
            .redirectErrorStream(true)
            .redirectOutput(site.path("php-fpm.out").toFile())
            .start();
    try {
      PoolClient client = onPort(port);
      Await.value("php-fpm answers", () -> client.get(script), answer -> answer.equals("hello"));
      sendAll(client, script);
      awaitLines("php-fpm.log", 13);
    } finally {
      phpFpm.destroy();
      phpFpm.waitFor();
    }
    site.pool(
        "www",
        "listen = 127.0.0.1:" + port,
        "pm = static",
        "pm.max_children = 1",
        "access.log = " + site.path("fpm4j.log"),
        "access.format = " + EVERY_TOKEN,
        "access.suppress_path[] = /quiet.php");
    site.start();
    PoolClient client = onPort(port);
    client.get(script);
    sendAll(client, script);

    List<String> expected = new ArrayList<>();
    for (String line : lines("php-fpm.log")) {
      expected.add(masked(line));
    }
    List<String> actual = new ArrayList<>();
    for (String line : awaitLines("fpm4j.log", expected.size())) {
      actual.add(masked(line));
    }
    assertEquals(String.join("\n", expected), String.join("\n", actual));
  }

  @Test
  void followsWhatIsSetWhileWorkersServe() throws IOException {
    Path script = site.pidScript();
    site.pool("www", "pm = static", "pm.max_children = 1");
    RunningMaster master = site.start();
    String worker = site.client("www").get(script);

    site.pool(
        "www",
        "pm = static",
        "pm.max_children = 1",
        "access.log = " + site.path("one.log"),
        "access.format = one %{REQUEST_URI}e");
    master.awaitLog("applied access.format, access.log; no worker restarted");
    assertEquals(worker, site.client("www").get(script, "q=1"));
    assertEquals(List.of("one /pid.php?q=1"), awaitLines("one.log", 1));

    site.pool(
        "www",
        "pm = static",
        "pm.max_children = 1",
        "access.log = " + site.path("two.log"),
        "access.format = two %m");
    master.awaitLog("no worker restarted", 2);
    assertEquals(worker, site.client("www").get(script));
    assertEquals(List.of("two GET"), awaitLines("two.log", 1));

    site.pool("www", "pm = static", "pm.max_children = 1");
    master.awaitLog("no worker restarted", 3);
    assertEquals(worker, site.client("www").get(script));
    site.pool(
        "www",
        "pm = static",
        "pm.max_children = 1",
        "prefix = " + site.path(""),
        "access.log = two.log",
        "env[A] = b");
    master.awaitLog("generation 2 serves");
    site.awaitOthers("www", List.of(Integer.valueOf(worker)), 1);
    site.client("www").get(script);
    awaitLines("two.log", 2);
    assertEquals(1, lines("one.log").size());
    assertEquals(2, lines("two.log").size());
  }

  @Test
  void twoPoolsShareAFileThatIsRotated() throws IOException {
    Path script = site.pidScript();
    for (String pool : List.of("a", "b")) {
      site.pool(
          pool,
          "pm = static",
          "pm.max_children = 1",
          "access.log = " + site.path("access.log"),
          "access.format = %n %s");
    }
    RunningMaster master = site.start();
    site.client("a").get(script);
    awaitLines("access.log", 1);
    site.client("b").get(script);
    assertEquals(List.of("a 200", "b 200"), awaitLines("access.log", 2));
    int workers = site.workers("a").get(0);

    Files.move(site.path("access.log"), site.path("access.log.1"));
    master.signal("USR1");
    master.awaitLog("NOTICE: access log file re-opened");
    site.client("b").get(script);
    assertEquals(List.of("b 200"), awaitLines("access.log", 1));
    assertEquals(2, lines("access.log.1").size());
    assertEquals(workers, site.workers("a").get(0), "no worker is replaced for it");
  }

  @Test
  void nothingIsLostWhileNoMasterRuns() throws IOException {
    Path script = site.pidScript();
    site.pool(
        "www",
        "pm = static",
        "pm.max_children = 1",
        "access.log = " + site.path("access.log"),
        "access.format = %q %P");
    RunningMaster master = site.start();
    site.client("www").get(script, "1");
    final String zygote = awaitLines("access.log", 1).get(0).substring("1 ".length());
    master.kill();
    for (int i = 2; i <= 20; i++) {
      site.client("www").get(script, Integer.toString(i));
    }
    site.start();
    List<String> lines = awaitLines("access.log", 20);
    for (int i = 1; i <= 20; i++) {
      assertEquals(i + " " + zygote, lines.get(i - 1));
    }
    site.client("www").get(script, "21");
    awaitLines("access.log", 21);
  }

  @Test
  void aReloadLosesNoLine() throws IOException {
    Path held = site.heldScript();
    Path script = site.pidScript();
    site.pool(
        "www",
        "pm = static",
        "pm.max_children = 2",
        "access.log = " + site.path("access.log"),
        "access.format = %q");
    site.start();
    Thread old =
        new Thread(
            () -> {
              try {
                site.client("www").get(held, "old");
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    old.start();
    site.awaitStatus("www", "a busy worker", status -> status.active() == 1);
    site.command("reload").expectSuccess();
    site.client("www").get(script, "new");
    site.letGo();
    List<String> lines = awaitLines("access.log", 2);
    assertTrue(lines.contains("old") && lines.contains("new"), lines::toString);
  }

  @Test
  void aFullDiskCostsLinesAndNothingElse() throws IOException {
    site.expectLog("access log loses lines: No space left on device");
    Path script = site.pidScript();
    site.pool("www", "pm = static", "pm.max_children = 1", "access.log = /dev/full");
    RunningMaster master = site.start();
    int worker = Integer.parseInt(site.client("www").get(script));
    master.awaitLog("ERROR: \\[pool www\\] access log loses lines: No space left on device");
    Signals.send("KILL", worker);
    site.expectLog("child " + worker + " exited on signal 9");
    site.client("www").get(script);
    site.awaitStatus("www", "two lost lines", status -> status.number("accessDropped") == 2);
    assertEquals(1, master.logged("access log loses lines").size());
  }
}
