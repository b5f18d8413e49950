package org.fpm4j.config.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.Directive;
import org.fpm4j.config.Directive.Scope;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.ProcessManagerMode;
import org.fpm4j.config.internal.ini.IniLine;
import org.fpm4j.config.internal.ini.IniLineParser;

/**
 * Throws made-up files and values at reader and checks: no crash, and nothing senseless accepted.
 */
class ConfigurationFuzzTest {

  private static Path file;

  @BeforeContainer
  static void createFile() throws IOException {
    file = Files.createTempFile("fuzz", ".conf");
  }

  @AfterContainer
  static void deleteFile() throws IOException {
    Files.delete(file);
  }

  @Provide
  Arbitrary<String> iniText() {
    Arbitrary<String> piece =
        Arbitraries.oneOf(
            Arbitraries.of(
                "on",
                "no",
                "null",
                "\"",
                "'",
                "\\",
                "${",
                "${HOME}",
                "$",
                "}",
                "=",
                "[",
                "]",
                "|",
                "&",
                "^",
                "~",
                "!",
                "(",
                ")",
                ";",
                "#",
                " ",
                "\t",
                "\r",
                "\n",
                "E_ALL",
                "-1",
                "12",
                "$pool",
                "[www]",
                "[global]",
                "env[A]",
                "include=",
                "pm=static\n",
                "listen=1\n"),
            Arbitraries.strings().ofMaxLength(3));
    return piece.list().ofMaxSize(25).map(pieces -> String.join("", pieces));
  }

  @Provide
  Arbitrary<String> conf() {
    Arbitrary<String> key = Arbitraries.of(Directive.all().stream().map(Directive::name).toList());
    Arbitrary<String> value =
        Arbitraries.oneOf(
            Arbitraries.integers().map(String::valueOf),
            Arbitraries.of(
                "yes",
                "no",
                "0",
                "1",
                "5",
                "-1",
                "10s",
                "64M",
                "static",
                "dynamic",
                "ondemand",
                "/",
                "/tmp",
                "/dev/null",
                "127.0.0.1:9000",
                "9000",
                "www.sock",
                "unlimited",
                ""),
            Arbitraries.strings().ascii().ofMaxLength(8));
    Arbitrary<String> line =
        Combinators.combine(key, value)
            .as((k, v) -> k.replace("[]", k.startsWith("access") ? "[]" : "[k]") + " = " + v);
    return line.list()
        .ofMaxSize(12)
        .map(
            lines ->
                "[www]\nlisten=9000\npm=static\npm.max_children=2\nprogram=sh\n"
                    + String.join("\n", lines));
  }

  @Property(tries = 600)
  void theLineParserTakesAnyText(@ForAll("iniText") String text) {
    IniLine line = IniLineParser.parse(text, name -> name);
    assertTrue(line.statements().size() <= text.length() + 1);
  }

  @Property(tries = 200)
  void theReaderTakesAnyFile(@ForAll("iniText") String text) throws IOException {
    sensible(evaluate(text));
  }

  @Property(tries = 300)
  void onlySensiblePoolsAreAccepted(@ForAll("conf") String conf) throws IOException {
    Configuration configuration = evaluate(conf);
    sensible(configuration);
    assertTrue(
        configuration.pools().containsKey("www") != configuration.isRejected("www")
            || configuration.incomplete(),
        conf);
  }

  private static Configuration evaluate(String text) throws IOException {
    Files.writeString(file, text);
    return new Evaluations().conf(file).get();
  }

  private static void sensible(Configuration configuration) {
    configuration.rejections().forEach(rejection -> assertFalse(rejection.text().isEmpty()));
    for (PoolSettings pool : configuration.pools().values()) {
      assertFalse(pool.listen().address().isEmpty());
      assertFalse(pool.name().isEmpty());
      assertTrue(pool.pm().maxChildren() >= 1 && pool.pm().maxChildren() <= 65_536);
      assertTrue(pool.pm().maxRequests() >= 0);
      assertFalse(pool.pm().startTimeout().isNegative() || pool.pm().startTimeout().isZero());
      assertFalse(pool.request().terminateTimeout().isNegative());
      assertFalse(pool.request().slowlogTimeout().isNegative());
      assertTrue(pool.request().slowlogTimeout().isZero() || pool.request().slowlog().isPresent());
      assertTrue(pool.request().slowlogTraceDepth() >= 1);
      assertTrue(pool.worker().limits().files() >= 0);
      assertTrue(pool.listen().mode() >= 0 && pool.listen().mode() <= 0777);
      assertFalse(pool.status().pingPath().isPresent() && pool.status().pingResponse().isEmpty());
      pool.status().statusPath().ifPresent(path -> assertTrue(path.startsWith("/")));
      pool.worker().chroot().ifPresent(path -> assertTrue(Files.isDirectory(path)));
      if (pool.pm().mode() == ProcessManagerMode.DYNAMIC) {
        List<Integer> ordered =
            List.of(
                1,
                pool.pm().minSpareServers(),
                pool.pm().startServers(),
                pool.pm().maxSpareServers(),
                pool.pm().maxChildren());
        assertEquals(ordered.stream().sorted().toList(), ordered);
      }
    }
  }

  @Property(tries = 200)
  void propertiesOfPidsAreTakenOrRejected(
      @ForAll("iniText") String key, @ForAll("iniText") String value) {
    Configuration configuration =
        new Evaluations().pool("www", key, value).pid(Scope.GLOBAL, "", Map.of(key, value)).get();
    sensible(configuration);
  }
}
