package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What Prometheus reads on the port of {@code org.fpm4j.metrics.cfg}. */
class MetricsIT {

  @RegisterExtension final Site site = new Site();

  private final HttpClient http = HttpClient.newHttpClient();
  private int port;

  @BeforeEach
  void choosePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
  }

  private Path file() {
    return site.etc().resolve("org.fpm4j.metrics.cfg");
  }

  private void configure(String... lines) {
    site.write(file(), "listen = 127.0.0.1:" + port + "\n" + String.join("\n", lines) + "\n");
  }

  private String metrics() throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer::body);
      return answer.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private void awaitLine(String line) {
    Await.value(line, this::metrics, text -> text.lines().anyMatch(line::equals));
  }

  @Test
  void answersWhileAllWorkersAreBusyAndDuringAReload() throws IOException {
    configure();
    site.pool("www", "pm = static", "pm.max_children = 1");
    RunningMaster master = site.start();
    master.awaitLog("metrics at http://127.0.0.1:" + port + "/metrics");
    site.client("www").get(site.pidScript());
    awaitLine("fpm4j_pool_request_duration_seconds_count{pool=\"www\"} 1");
    CompletableFuture<String> busy = site.client("www").getLater(site.heldScript());
    awaitLine("fpm4j_pool_active_processes{pool=\"www\"} 1.0");
    site.command("reload").expectSuccess();
    awaitLine("fpm4j_pool_generation{pool=\"www\"} 2.0");
    awaitLine("fpm4j_pool_draining_processes{pool=\"www\"} 1.0");
    awaitLine("fpm4j_reloads_total 1.0");
    site.letGo();
    assertTrue(busy.join().matches("\\d+"));
    awaitLine("fpm4j_pool_request_duration_seconds_count{pool=\"www\"} 2");
    awaitLine("fpm4j_pool_request_duration_seconds_bucket{pool=\"www\",le=\"+Inf\"} 2");
  }

  @Test
  void followsItsFile() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 1");
    RunningMaster master = site.start();
    assertThrows(ConnectException.class, this::metrics);

    configure("names = both", "per_worker = yes");
    master.awaitLog("metrics at");
    String text = metrics();
    assertTrue(text.contains("fpm4j_worker_active{generation=\"1\",pool=\"www\",slot=\"0\"} 0.0"));
    assertTrue(text.contains("phpfpm_process_state{child=\"0\",pool=\"www\""), text);

    site.expectLog("org.fpm4j.metrics: names = none");
    configure("names = none");
    master.awaitLog("org.fpm4j.metrics: names = none \\(legal: fpm4j, php-fpm_exporter or both\\)");
    assertTrue(metrics().contains("fpm4j_ready 1.0"), "the former settings stay");

    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      site.expectLog("metrics cannot be served at");
      site.write(file(), "listen = 127.0.0.1:" + taken.getLocalPort() + "\n");
      master.awaitLog("metrics cannot be served at 127.0.0.1:" + taken.getLocalPort());
      assertTrue(metrics().contains("phpfpm_process_state"), "served at the former place");
    }

    Files.delete(file());
    // Only connects: a request that the end cuts short would rightly be in the log.
    Await.until(
        "no metrics",
        () -> {
          try (Socket connected = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !connected.isConnected();
          } catch (ConnectException e) {
            return true;
          }
        });
  }
}
