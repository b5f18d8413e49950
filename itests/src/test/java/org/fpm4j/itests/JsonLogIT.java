package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.Strictness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The logs as JSON: every line is one object, whatever clients and scripts make of it. */
class JsonLogIT {

  private static final Gson STRICT = new GsonBuilder().setStrictness(Strictness.STRICT).create();

  @RegisterExtension final Site site = new Site();

  private List<JsonObject> objects(Path file) throws IOException {
    return Files.exists(file)
        ? Files.readAllLines(file).stream()
            .map(line -> STRICT.fromJson(line, JsonObject.class))
            .toList()
        : List.of();
  }

  private JsonObject await(String what, Path file, Predicate<JsonObject> wanted) {
    return Await.value(what, () -> objects(file), all -> all.stream().anyMatch(wanted)).stream()
        .filter(wanted)
        .findFirst()
        .orElseThrow();
  }

  private static boolean says(JsonObject line, String text) {
    return line.get("message").getAsString().contains(text);
  }

  @Test
  void everyLineIsAnObjectWhateverWasSent() throws IOException {
    Path errors = site.path("error.log");
    Path access = site.path("access.log");
    site.expectLog("^\\{"); // the copy on standard error during the start
    site.global("error_log = " + errors, "log.json = yes");
    site.pool(
        "www",
        "pm = static",
        "pm.max_children = 1",
        "catch_workers_output = yes",
        "access.log = " + access,
        "access.json = yes",
        "access.format = %{HTTP_HOST}e %{X-Answer}o %C");
    Path script =
        site.script(
            "say.php",
            "<?php header('X-Answer: 42'); file_put_contents('php://stderr',"
                + " \"a \\\"b\\\" \\\\ \\t \\xff \\u{e9}\\n\");");
    site.start();
    Map<String, String> params = PoolClient.params(script, "");
    params.put("QUERY_STRING", "q=\"\\\n\u0001\u00e9");
    params.put("HTTP_HOST", "example.org");
    site.client("www").request(params);

    JsonObject request = await("the request", access, line -> true);
    assertEquals("q=\"\\\n\u0001\u00e9", request.get("query").getAsString());
    assertEquals(200, request.get("status").getAsInt());
    assertEquals("www", request.get("pool").getAsString());
    assertEquals(
        "example.org", request.getAsJsonObject("parameters").get("HTTP_HOST").getAsString());
    assertEquals("42", request.getAsJsonObject("headers").get("X-Answer").getAsString());
    assertTrue(request.has("cpu_user_us"));
    assertFalse(request.has("client"), "a Unix socket");
    JsonObject said = await("what the script said", errors, line -> line.has("stream"));
    assertEquals("a \"b\" \\ \t \uFFFD \u00e9", said.get("message").getAsString());
    assertEquals(request.get("pid"), said.get("pid"));
    JsonObject ready = await("the master", errors, line -> says(line, "ready to handle"));
    assertEquals("notice", ready.get("level").getAsString());
    assertTrue(ready.get("time").getAsString().matches("[-0-9]{10}T[:0-9]{8}\\.\\d{6}Z"));
  }

  @Test
  void formChangesWhileThePoolServes() throws IOException {
    Path errors = site.path("error.log");
    Path access = site.path("access.log");
    List<String> pool =
        List.of("pm = static", "pm.max_children = 1", "access.log = " + access, "access.json = ");
    site.global("error_log = " + errors);
    site.pool("www", with(pool, "no"));
    RunningMaster master = site.start();
    List<Integer> workers = site.awaitWorkers("www", 1);

    site.global("error_log = " + errors, "log.json = yes");
    Await.until(
        "an object",
        () -> {
          site.command("reopen-logs").expectSuccess();
          List<String> lines = Files.readAllLines(errors);
          return lines.get(lines.size() - 1).startsWith("{");
        });
    Files.delete(errors);
    site.command("reopen-logs").expectSuccess();
    site.pool("www", with(pool, "yes"));
    await("the pool's", errors, line -> says(line, "applied access.json"));
    site.client("www").get(site.pidScript());
    await("a request", access, line -> true);
    assertEquals(workers, site.workers("www"));

    master.kill();
    Files.delete(errors);
    site.expectLog("^\\{"); // the copy on standard error during the start
    site.start();
    await("the takeover", errors, line -> says(line, "taken over with 1 workers"));
    Files.delete(access);
    site.command("reopen-logs").expectSuccess();
    site.client("www").get(site.pidScript());
    await("a request after the takeover", access, line -> true);
    assertEquals(workers, site.workers("www"));
  }

  private static String[] with(List<String> settings, String json) {
    return Stream.concat(
            settings.subList(0, settings.size() - 1).stream(),
            Stream.of(settings.get(settings.size() - 1) + json))
        .toArray(String[]::new);
  }
}
