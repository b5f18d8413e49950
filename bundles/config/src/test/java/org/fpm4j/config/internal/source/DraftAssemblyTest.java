package org.fpm4j.config.internal.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fpm4j.config.Directive.Scope;
import org.fpm4j.config.Rejection;
import org.fpm4j.config.internal.source.ConfigurationSources.PidProperties;
import org.fpm4j.config.internal.source.EtcDirectory.PidFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DraftAssemblyTest {

  @TempDir Path directory;

  private final Findings findings = new Findings();

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private ConfigurationDraft assemble(ConfigurationSources sources) {
    return new DraftAssembly(directory.toString(), Map.of("HOME", "/home/x"), findings)
        .assemble(sources);
  }

  private ConfigurationDraft conf(String text) throws IOException {
    return assemble(
        new ConfigurationSources(
            Optional.of(write("php-fpm.conf", text).toString()), List.of(), List.of(), List.of()));
  }

  private List<String> reasons() {
    return findings.rejections().stream().map(Rejection::reason).toList();
  }

  @Test
  void continuesAPoolWhateverTheCaseOfItsName() throws IOException {
    ConfigurationDraft draft = conf("[Www]\nlisten=1\n[x]\n[wWW]\npm.max_children=3\n");
    DirectiveSet pool = draft.pool("WWW").orElseThrow();
    assertEquals("Www", pool.name());
    assertEquals(3, pool.number("pm.max_children"));
    assertEquals(2, draft.pools().size());
  }

  @Test
  void keepsTheSectionAcrossFilesBothWays() throws IOException {
    write("a.conf", "listen=2\n[b]\n");
    ConfigurationDraft draft = conf("[a]\ninclude=a.conf\nlisten=3\n");
    assertEquals("2", draft.pool("a").orElseThrow().text("listen"));
    assertEquals("3", draft.pool("b").orElseThrow().text("listen"));
  }

  @Test
  void keepsTheFirstOfRepeatedKeysLast() throws IOException {
    DirectiveSet pool = conf("[a]\nenv[K]=1\nenv[L]=2\nenv[K]=3\n").pool("a").orElseThrow();
    assertEquals(
        List.of(new KeyedValue("K", "3"), new KeyedValue("L", "2"), new KeyedValue("K", "1")),
        pool.entries("env"));
  }

  @Test
  void keepsKeysThatDifferInCaseOnly() throws IOException {
    DirectiveSet pool = conf("[a]\nenv[Path]=1\nenv[PATH]=2\n").pool("a").orElseThrow();
    assertEquals(2, pool.entries("env").size());
    assertFalse(pool.isRejected());
  }

  @Test
  void replacesPoolAndVariables() throws IOException {
    DirectiveSet pool = conf("[a]\nslowlog=${HOME}/$pool-$pool.log\n").pool("a").orElseThrow();
    assertEquals("/home/x/a-a.log", pool.text("slowlog"));
  }

  @Test
  void stopsAtTooManyLevels() throws IOException {
    ConfigurationDraft draft = conf("include=php-fpm.conf\n");
    assertEquals(List.of("failed to include more than 5 files recursively"), reasons());
    assertTrue(draft.isIncomplete());
  }

  @Test
  void readsBothSourcesOfGlobalDirectivesTheStartersFirst() throws IOException {
    Path started = write("started.conf", "process.max=1\n");
    Path dropped = write("dropped.conf", "[global]\nprocess.max=3\nlog_limit=600\n");
    ConfigurationDraft draft =
        assemble(
            new ConfigurationSources(
                Optional.of(started.toString()),
                List.of(
                    new PidProperties(
                        Scope.GLOBAL,
                        "",
                        "org.fpm4j.master",
                        Optional.empty(),
                        Map.of("process.max", "2", "log_limit", "700"))),
                List.of(dropped.toString()),
                List.of()));
    assertEquals(1, draft.global().number("process.max"));
    assertEquals(700, draft.global().number("log_limit"));
  }

  @Test
  void readsADroppedFileOnceThoughAnotherIncludesIt() throws IOException {
    Path inner = write("b.conf", "[b]\nlisten=1\n");
    Path outer = write("a.conf", "include=" + inner + "\n");
    ConfigurationDraft draft =
        assemble(
            new ConfigurationSources(
                Optional.empty(),
                List.of(),
                List.of(outer.toString(), inner.toString()),
                List.of()));
    assertEquals(1, draft.pools().size());
    assertEquals(List.of(), reasons());
  }

  @Test
  void rejectsAFileThatFileInstallCouldNotTake() throws IOException {
    PidFile two =
        new PidFile(
            write("org.fpm4j.pool-a.cfg", "env[Path]=1\nlisten=1\nenv[PATH]=2\n"), Scope.POOL, "a");
    PidFile other = new PidFile(write("org.fpm4j.pool-b.config", "x"), Scope.POOL, "b");
    ConfigurationDraft draft =
        assemble(
            new ConfigurationSources(Optional.empty(), List.of(), List.of(), List.of(two, other)));
    assertTrue(draft.pools().stream().allMatch(DirectiveSet::isRejected));
    assertEquals(
        List.of(
            "env[Path] and env[PATH] differ in case only, which Config Admin does not tell apart:"
                + " keep one, or use a php-fpm.conf",
            "File Install could not take this file"),
        reasons());
    assertEquals(3, findings.rejections().get(0).line());
  }

  @Test
  void namesFileAndLineOfAPidsValue() throws IOException {
    Path file = write("org.fpm4j.pool-a.cfg", "# x\n\npm = other\n");
    assemble(
        new ConfigurationSources(
            Optional.empty(),
            List.of(
                new PidProperties(
                    Scope.POOL, "a", "pid", Optional.of(file), Map.of("pm", "other"))),
            List.of(),
            List.of()));
    assertEquals(
        "[pool a] %s:3: pm = other: invalid process manager (static, dynamic or ondemand) (legal: static, dynamic or ondemand)"
            .formatted(file),
        findings.rejections().get(0).text());
  }
}
