package org.fpm4j.metrics.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.fpm4j.process.ExitCounts;
import org.fpm4j.process.MasterSnapshot;
import org.fpm4j.process.MasterState;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.PoolState;
import org.fpm4j.process.ProcessManager;
import org.fpm4j.process.RequestDurations;
import org.fpm4j.process.RequestStatistics;
import org.fpm4j.process.WorkerSnapshot;
import org.fpm4j.scoreboard.MappedScoreboard;
import org.fpm4j.scoreboard.ScoreboardIdentity;
import org.fpm4j.scoreboard.ScoreboardWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {

  private static final Path DASHBOARD = Path.of("../../distribution/grafana/fpm4j.json");

  @TempDir Path temp;

  /** A worker that has finished requests of 1 ms and of 3 s. */
  private RequestStatistics statistics() throws IOException {
    Path file = Files.createTempDirectory(temp, "board").resolve("scoreboard");
    MappedScoreboard board =
        MappedScoreboard.create(file, 1, new ScoreboardIdentity("www", 1, 0, 0));
    ScoreboardWriter worker = board.workerWriter(0);
    worker.start(1, 0);
    worker.beginRequest(0);
    worker.finishRequest(1_000_000);
    worker.beginRequest(0);
    worker.finishRequest(3_000_000_000L);
    return pool ->
        Optional.of(new RequestStatistics.Durations(board.reader().durations(), 3_001_000L));
  }

  private static ProcessManager manager(String... pools) {
    MasterSnapshot master =
        new MasterSnapshot(
            1, MasterState.NORMAL, true, 5000, 1, 2, 0, "epoll", 3, List.of("a: b", "c: d"));
    List<PoolSnapshot> snapshots = Stream.of(pools).map(MetricsTest::pool).toList();
    return (ProcessManager)
        Proxy.newProxyInstance(
            ProcessManager.class.getClassLoader(),
            new Class<?>[] {ProcessManager.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "master" -> master;
                  case "pools" -> snapshots;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static PoolSnapshot pool(String name) {
    return new PoolSnapshot(
        name,
        PoolState.RUNNING,
        "static",
        "127.0.0.1:9000",
        3,
        99,
        2000,
        1,
        1,
        2,
        0,
        2,
        5,
        7,
        4,
        6,
        128,
        40,
        39,
        new RequestDurations(1, 2, 3),
        8,
        9,
        10,
        11,
        12,
        new ExitCounts(1, 2, 3, 4, 5, 6),
        2500,
        13,
        "",
        List.of(worker(0, "Idle"), worker(1, "Running")));
  }

  private static WorkerSnapshot worker(int slot, String stage) {
    return new WorkerSnapshot(
        slot,
        100 + slot,
        3,
        stage,
        stage.equals("Idle"),
        false,
        3000,
        5,
        20,
        2000,
        "GET",
        "/",
        "",
        "/a.php",
        "",
        0,
        500,
        1 << 20);
  }

  private static String text(Scrape collector) throws IOException {
    PrometheusRegistry registry = new PrometheusRegistry();
    registry.register(collector);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(out, registry.scrape());
    return out.toString(StandardCharsets.UTF_8);
  }

  private String own(boolean perWorker, String... pools) throws IOException {
    ProcessManager manager = manager(pools);
    PoolMetrics own = new PoolMetrics(manager, statistics(), () -> 14, perWorker);
    return text(new Scrape(manager, List.of(own)));
  }

  private static void assertLine(String text, String line) {
    assertTrue(text.lines().anyMatch(line::equals), () -> line + " in\n" + text);
  }

  @Test
  void tellsWhatTheSnapshotsTell() throws IOException {
    String text = own(false, "www");
    assertLine(text, "fpm4j_ready 1.0");
    assertLine(text, "fpm4j_rejected_settings 2.0");
    assertLine(text, "fpm4j_dropped_log_lines_total 14.0");
    assertLine(text, "fpm4j_pool_start_time_seconds{pool=\"www\"} 2.0");
    assertLine(text, "fpm4j_pool_state{pool=\"www\",state=\"running\"} 1.0");
    assertLine(text, "fpm4j_pool_state{pool=\"www\",state=\"failed\"} 0.0");
    assertLine(text, "fpm4j_pool_requests_begun_total{pool=\"www\"} 40.0");
    assertLine(text, "fpm4j_pool_dropped_access_log_lines_total{pool=\"www\"} 13.0");
    assertFalse(text.contains("fpm4j_worker_"));
  }

  @Test
  void bucketsHoldTheRequestsBelowThem() throws IOException {
    String text = own(false, "www");
    String bucket = "fpm4j_pool_request_duration_seconds_bucket{pool=\"www\",le=";
    assertLine(text, bucket + "\"5.12E-4\"} 0");
    assertLine(text, bucket + "\"0.001024\"} 1");
    assertLine(text, bucket + "\"2.097152\"} 1");
    assertLine(text, bucket + "\"4.194304\"} 2");
    assertLine(text, bucket + "\"+Inf\"} 2");
    assertLine(text, "fpm4j_pool_request_duration_seconds_count{pool=\"www\"} 2");
    assertLine(text, "fpm4j_pool_request_duration_seconds_sum{pool=\"www\"} 3.001");
  }

  @Test
  void workersHaveSeriesOfTheirOwnIfWanted() throws IOException {
    String text = own(true, "www");
    String labels = "{generation=\"3\",pool=\"www\",slot=\"1\"}";
    assertLine(text, "fpm4j_worker_active" + labels + " 1.0");
    assertLine(text, "fpm4j_worker_requests_total" + labels + " 20.0");
    assertLine(text, "fpm4j_worker_last_request_memory_bytes" + labels + " 1048576.0");
  }

  @Test
  void namesOfTheExporterAreTaken() throws IOException {
    ExporterMetrics exporter = new ExporterMetrics(() -> 12_999, true);
    String text = text(new Scrape(manager("www"), List.of(exporter)));
    String labels = "{pool=\"www\",scrape_uri=\"tcp://127.0.0.1:9000\"}";
    assertLine(text, "phpfpm_up" + labels + " 1.0");
    assertLine(text, "phpfpm_start_since" + labels + " 10.0");
    assertLine(text, "phpfpm_accepted_connections" + labels + " 40.0");
    String child = "{child=\"0\",pool=\"www\",scrape_uri=\"tcp://127.0.0.1:9000\"";
    assertLine(text, "phpfpm_process_last_request_cpu" + child + "} 25.0");
    assertLine(text, "phpfpm_process_state" + child + ",state=\"Idle\"} 1.0");
    assertLine(text, "phpfpm_process_state" + child + ",state=\"Running\"} 0.0");
  }

  @Test
  void everyMetricIsExplainedAndNoPoolMeansNoSeries() throws IOException {
    for (String text : List.of(own(true, "a", "b"), own(true))) {
      for (String line : text.lines().filter(each -> !each.startsWith("#")).toList()) {
        String name = line.substring(0, line.indexOf(line.contains("{") ? '{' : ' '));
        String family = name.replaceFirst("_(bucket|count|sum)$", "");
        assertTrue(text.contains("# HELP " + family + " "), name);
        assertTrue(text.contains("# TYPE " + family + " "), name);
      }
    }
    assertFalse(own(true).contains("pool="));
  }

  @Test
  void dashboardShowsOnlyWhatThereIs() throws IOException {
    String text = own(true, "www");
    TreeSet<String> shown = new TreeSet<>();
    Matcher name = Pattern.compile("fpm4j_[a-z_]+[a-z]").matcher(Files.readString(DASHBOARD));
    while (name.find()) {
      shown.add(name.group());
    }
    assertTrue(shown.size() > 15, shown::toString);
    shown.removeIf(each -> text.lines().anyMatch(line -> line.matches(each + "[{ ].*")));
    assertEquals(new TreeSet<>(), shown);
  }
}
