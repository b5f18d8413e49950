package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code fpm4j stack} and {@code fpm4j profile}: what running PHP code is at. */
class StackIT {

  private static final String WAITING =
      """
      <?php
      class Db {
        function query($address) {
          $database = stream_socket_client('unix://' . $address);
          return fread($database, 10);
        }
      }
      echo (new Db)->query($_SERVER['QUERY_STRING']);
      """;

  /**
   * Calls in every way PHP knows, often; at last it tells its stack to a socket, and waits there.
   */
  private static final String CALLS =
      """
      <?php
      class Shelf {
        public $reach = 3;
        static function open($address) { return (new static)->search($address); }
        function search($address) {
          $each = function ($book) { foreach (pages($book) as $page) { return $page; } };
          return array_map($each, [$address])[0];
        }
      }
      class Cellar extends Shelf {
        function __get($name) { return tell($name); }
      }
      function pages($book) {
        $depth = strlen($book) > 0 ? 40 : 4;
        yield descend($depth, $book);
      }
      function descend($depth, $address) {
        if ($depth > 0) {
          return descend($depth - 1, $address);
        }
        $cellar = new Cellar;
        return $cellar->{$address} . eval('return call_user_func("tell", "");');
      }
      function tell($address) {
        if ($address === '') {
          return '';
        }
        $reader = stream_socket_client('unix://' . $address);
        foreach (debug_backtrace() as $call) {
          $class = isset($call['class']) ? $call['class'] . '::' : '';
          $place = isset($call['file']) ? " $call[file]:$call[line]" : '';
          fwrite($reader, "$class$call[function]$place\n");
        }
        fwrite($reader, "end\n");
        return fread($reader, 10);
      }
      for ($i = 0; $i < 500; $i++) {
        Cellar::open('');
      }
      echo eval('return include __DIR__ . "/inner.php";');
      """;

  private static final String BUSY =
      """
      <?php
      function hash_often() { for ($i = 0; $i < 500; $i++) { md5(str_repeat('x', 3000)); } }
      function sort_often() { $a = range(1, 3000); shuffle($a); sort($a); }
      $end = microtime(true) + 120;
      while (!file_exists(__DIR__ . '/go') && microtime(true) < $end) {
        hash_often();
        sort_often();
      }
      echo 'done';
      """;

  @RegisterExtension final Site site = new Site();

  private CompletableFuture<String> ask(Path script, String query) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return site.client("www").get(script, query);
          } catch (IOException e) {
            throw new CompletionException(e);
          }
        });
  }

  /** A socket that scripts of any user can connect to; the path is the caller's to delete. */
  private static ServerSocketChannel listeningAt(Path address) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(address));
    Files.setPosixFilePermissions(address, PosixFilePermissions.fromString("rw-rw-rw-"));
    return server;
  }

  private String stackOf(String... words) {
    return site.command(words).expectSuccess();
  }

  @Test
  void stackShowsWhatABlockedWorkerWaitsForWhileAllAreBusy() throws Exception {
    site.pool("www", "pm = static", "pm.max_children = 1");
    site.start();
    Await.until("the command channel", () -> site.command("ready").exitCode() == 0);
    assertTrue(
        stackOf("stack").matches("pool www, worker \\d+, (Idle|Getting.*|Running.*)\\n"),
        stackOf("stack"));
    Path script = site.script("waiting.php", WAITING);
    Path address = site.path("database.sock");
    try (ServerSocketChannel database = listeningAt(address)) {
      CompletableFuture<String> request = ask(script, address.toString());
      try (SocketChannel query = database.accept()) {
        String frames = "  fread()\n  Db::query() %1$s:5\n  {main} %1$s:8\n".formatted(script);
        String stack =
            Await.value(
                "a stack", () -> stackOf("stack", "--pool", "www"), seen -> seen.endsWith(frames));
        assertTrue(stack.contains(", GET /waiting.php?" + address), stack);
        String pid = site.awaitWorkers("www", 1).get(0).toString();
        assertTrue(stackOf("stack", pid).endsWith(frames));
        assertTrue(
            stackOf("stack", pid, "--json")
                .contains("\"className\":\"Db\",\"function\":\"query\""));
        query.write(ByteBuffer.wrap("done".getBytes(StandardCharsets.US_ASCII)));
      }
      assertEquals("done", request.join());
    } finally {
      Files.delete(address);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"opcache.enable = 0", "opcache.jit = disable", "opcache.jit = tracing"})
  void stackIsTheOneTheScriptSeesItself(String optimizer) throws Exception {
    int equals = optimizer.indexOf(" = ");
    site.pool(
        "www",
        "pm = static",
        "pm.max_children = 1",
        "php_admin_value[opcache.jit_buffer_size] = 16M",
        "php_admin_value[%s]%s"
            .formatted(optimizer.substring(0, equals), optimizer.substring(equals)));
    site.start();
    Await.until("the command channel", () -> site.command("ready").exitCode() == 0);
    site.script("inner.php", "<?php\nreturn Cellar::open(\n  $_SERVER['QUERY_STRING']);\n");
    Path script = site.script("calls.php", CALLS);
    Path address = site.path("reader.sock");
    try (ServerSocketChannel reader = listeningAt(address)) {
      CompletableFuture<String> request = ask(script, address.toString());
      try (SocketChannel worker = reader.accept()) {
        List<String> told = linesUntilEnd(worker);
        assertTrue(told.size() > 45, told.toString());
        String pid = site.awaitWorkers("www", 1).get(0).toString();
        Await.value("the stack", () -> calls(stackOf("stack", pid)), told::equals);
        worker.write(ByteBuffer.wrap("done".getBytes(StandardCharsets.US_ASCII)));
      }
      assertEquals("done", request.join());
    } finally {
      Files.delete(address);
    }
  }

  private static List<String> linesUntilEnd(SocketChannel from) {
    return new BufferedReader(Channels.newReader(from, StandardCharsets.UTF_8))
        .lines()
        .takeWhile(line -> !line.equals("end"))
        .toList();
  }

  /**
   * Turns a stack into what debug_backtrace() says: each function, and where it was called. It says
   * nothing of the frames without a function that PHP puts behind __get() up to 8.0.
   */
  private static List<String> calls(String stack) {
    List<String> frames =
        stack.lines().skip(2).map(String::strip).filter(frame -> !frame.equals("???")).toList();
    return IntStream.range(0, frames.size() - 1)
        .mapToObj(
            i ->
                frames.get(i).replaceFirst("(\\(\\))?( .*)?$", "")
                    + frames.get(i + 1).replaceFirst("^\\S+", ""))
        .toList();
  }

  @Test
  void profileOfABusyPoolThatReloadsNamesItsFunctions() throws Exception {
    site.pool("www", "pm = static", "pm.max_children = 2");
    site.start();
    Await.until("the command channel", () -> site.command("ready").exitCode() == 0);
    Path script = site.script("busy.php", BUSY);
    CompletableFuture<String> request = ask(script, "");
    CompletableFuture<String> reload =
        CompletableFuture.supplyAsync(() -> site.command("reload").expectSuccess());

    String answer =
        stackOf("profile", "--pool", "www", "--seconds", "3", "--out", site.path("").toString());
    reload.join();
    site.script("go", "");
    assertEquals("done", request.join());

    List<String> lines = answer.lines().toList();
    assertTrue(lines.get(0).matches("\\d{2,} samples of running PHP code, .*"), answer);
    String folded = Files.readString(Path.of(lines.get(1)));
    assertTrue(folded.contains(script + ";hash_often;md5 "), folded);
    assertTrue(folded.contains(script + ";sort_often;"), folded);
    assertTrue(folded.lines().allMatch(line -> line.matches("\\S.* [1-9]\\d*")), folded);
    Path svg = Path.of(lines.get(2));
    assertEquals(
        "svg",
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(svg.toFile())
            .getDocumentElement()
            .getTagName());
    assertTrue(Files.readString(svg).contains("<title>hash_often ("));
  }

  @Test
  void askingForStacksOrProfilesThatAreNotThereFails() throws Exception {
    site.pool("www", "pm = static", "pm.max_children = 1");
    site.start();
    Await.until("the command channel", () -> site.command("ready").exitCode() == 0);
    assertEquals(1, site.command("stack", "--pool", "none").exitCode());
    assertEquals(1, site.command("profile", "--pool", "none").exitCode());
    assertEquals(64, site.command("stack", "1").exitCode());
  }
}
