package org.fpm4j.config.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.Directive.Scope;
import org.fpm4j.config.LogLevel;
import org.fpm4j.config.Notice;
import org.fpm4j.config.Rejection;
import org.fpm4j.config.internal.validation.Surroundings.Privilege;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationEvaluationTest {

  @TempDir Path directory;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  @Test
  void keepsTheLastGoodSettingsOfARejectedPool() {
    Configuration good = new Evaluations().pool("www", "pm.max_children", "5").get();
    Configuration bad = new Evaluations().pool("www", "pm.max_children", "0").after(good).get();
    assertEquals(good.pools(), bad.pools());
    assertTrue(bad.isRejected("www"));
    assertEquals("pm.max_children", bad.rejections().get(0).key());
    assertEquals("0", bad.rejections().get(0).value());
    assertEquals("1 to 65536", bad.rejections().get(0).legal());
  }

  @Test
  void leavesOutARejectedPoolThatWasNeverGood() {
    Configuration configuration = new Evaluations().pool("www", "pm", "other").get();
    assertEquals(Map.of(), configuration.pools());
    assertTrue(configuration.isRejected("www"));
  }

  @Test
  void keepsAllPoolsWhenTheDirectoryCannotBeRead() throws IOException {
    Configuration good = new Evaluations().pool("www").get();
    ConfigAdminReader reader =
        new ConfigAdminReader(
            new FakeConfigAdmin().service(), Optional.empty(), Optional.of(write("etc", "")));
    Configuration unread =
        new ConfigurationEvaluation(Evaluations.surroundings(Privilege.USER))
            .evaluate(reader.get(), Optional.of(good))
            .configuration();
    assertEquals(good.pools(), unread.pools());
    assertTrue(unread.incomplete());
    assertTrue(
        unread.rejections().get(0).text().contains("failed to open configuration directory"),
        unread.rejections().get(0).text());
  }

  @Test
  void rejectsOnePoolWithoutTheOthers() {
    Configuration configuration =
        new Evaluations()
            .pool("a", "listen", "9001")
            .pool("b", "chdir", "/no/such/dir")
            .pool("c", "listen", "9003")
            .get();
    assertEquals(Set.of("a", "c"), configuration.pools().keySet());
    assertEquals(1, configuration.rejections().size());
  }

  @Test
  void removesAPoolThatIsNoLongerDefined() {
    Configuration before =
        new Evaluations().pool("a", "listen", "9001").pool("b", "listen", "9002").get();
    Configuration after = new Evaluations().pool("b", "listen", "9002").after(before).get();
    assertEquals(Set.of("b"), after.pools().keySet());
    assertFalse(after.isRejected("a"));
  }

  @Test
  void keepsTheLastGoodMasterSettings() {
    Configuration good = new Evaluations().master("process.max", "7").get();
    Configuration bad = new Evaluations().master("process.max", "-1").after(good).get();
    assertEquals(good.master(), bad.master());
    assertEquals("process_max can't be negative", bad.rejections().get(0).reason());
    assertFalse(bad.rejections().get(0).pool().isPresent());
  }

  @Test
  void usesDefaultsForMasterSettingsThatWereNeverGood() {
    Configuration configuration = new Evaluations().master("log_limit", "1").get();
    assertEquals(1024, configuration.master().log().limit());
    assertEquals("", configuration.master().log().errorLog());
    assertEquals(10, configuration.master().systemdInterval().toSeconds());
  }

  @Test
  void rejectsTheSecondUseOfAnAddress() {
    Configuration configuration = new Evaluations().pool("a").pool("b").get();
    assertEquals(Set.of("a"), configuration.pools().keySet());
    assertEquals(
        "[pool b] unable to set listen address as it's already used in another pool 'a'",
        configuration.rejections().get(0).reason());
  }

  @Test
  void rejectsAPoolThatIsAlreadyDefinedAndKeepsTheFirst() throws IOException {
    Path conf =
        write("php-fpm.conf", "[www]\nlisten=1234\npm=static\npm.max_children=1\nprogram=sh\n");
    Configuration configuration = new Evaluations().conf(conf).pool("WWW").get();
    assertEquals("1234", configuration.pools().get("www").listen().address());
    assertEquals(
        "the pool is already defined in " + conf, configuration.rejections().get(0).reason());
  }

  @Test
  void rejectsOnlyThePoolABadLineIsIn() throws IOException {
    Path conf =
        write(
            "php-fpm.conf",
            """
            [a]
            listen = 9001
            pm.max_childern = 1
            clear_env = maybe
            [b]
            listen = 9002
            pm = static
            pm.max_children = 1
            program = sh
            """);
    Configuration configuration = new Evaluations().conf(conf).get();
    assertEquals(Set.of("b"), configuration.pools().keySet());
    assertEquals(
        List.of(
            "[pool a] %s:3: pm.max_childern = 1: unknown entry 'pm.max_childern', the nearest is 'pm.max_children'"
                .formatted(conf),
            "[pool a] %s:4: clear_env = maybe: invalid boolean value (legal: yes or no)"
                .formatted(conf)),
        configuration.rejections().stream().map(Rejection::text).toList());
    assertFalse(configuration.incomplete());
  }

  @Test
  void keepsAllPoolsWhileAFileCannotBeRead() {
    Configuration before = new Evaluations().pool("a").get();
    Configuration after =
        new Evaluations().conf(directory.resolve("none.conf")).after(before).get();
    assertEquals(before.pools(), after.pools());
    assertTrue(after.incomplete());
    assertEquals(
        "failed to open configuration file '%s': No such file or directory (2)"
            .formatted(directory.resolve("none.conf")),
        after.rejections().get(0).reason());
  }

  @Test
  void attributesNothingToTheWrongPoolAfterABrokenSectionLine() throws IOException {
    Path conf =
        write(
            "php-fpm.conf",
            "[a]\nlisten=1\npm=static\npm.max_children=1\nprogram=sh\n[b\npm.max_children=9\n");
    Configuration configuration = new Evaluations().conf(conf).get();
    assertEquals(Set.of(), configuration.pools().keySet());
    assertTrue(configuration.incomplete());
  }

  @Test
  void remarksWhatPhpFpmRemarks() {
    Configuration configuration =
        new Evaluations()
            .pool(
                "www",
                "user",
                "www-data",
                "pm",
                "dynamic",
                "pm.max_children",
                "5",
                "pm.min_spare_servers",
                "1",
                "pm.max_spare_servers",
                "3")
            .get();
    assertEquals(
        List.of(
            new Notice(
                LogLevel.NOTICE, "[pool www] pm.start_servers is not set. It's been set to 2."),
            new Notice(
                LogLevel.NOTICE,
                "[pool www] 'user' directive is ignored when FPM is not running as root")),
        configuration.notices());
    assertEquals(2, configuration.pools().get("www").pm().startServers());
  }

  @Test
  void demandsAUserOtherThanRootOfARootMaster() {
    assertEquals(
        "user has not been defined",
        new Evaluations().pool("www").as(Privilege.ROOT).get().rejections().get(0).reason());
    assertEquals(
        "please specify user and group other than root",
        new Evaluations()
            .pool("www", "user", "root")
            .as(Privilege.ROOT)
            .get()
            .rejections()
            .get(0)
            .reason());
    assertEquals(
        List.of(), new Evaluations().pool("www").as(Privilege.ROOT_ALLOWED).get().rejections());
  }

  @Test
  void looksUpUsersForARootMasterOnly() {
    assertEquals(
        "cannot get uid for user 'nobody-here'",
        new Evaluations()
            .pool("www", "user", "nobody-here")
            .as(Privilege.ROOT)
            .get()
            .rejections()
            .get(0)
            .reason());
    assertEquals(
        List.of(), new Evaluations().pool("www", "user", "nobody-here").get().rejections());
  }

  @Test
  void refusesConfigAdminKeysOfNobody() {
    Configuration configuration =
        new Evaluations()
            .pid(
                Scope.POOL,
                "www",
                Map.of(
                    "service.pid", "x",
                    "felix.fileinstall.filename", "file:/x",
                    "listen", "9000",
                    "pm", "static",
                    "pm.max_children", 3,
                    "program", "sh",
                    "clear_env", false,
                    "access.suppress_path[]", new String[] {"/a", "/b"}))
            .get();
    assertEquals(List.of(), configuration.rejections());
    assertEquals(3, configuration.pools().get("www").pm().maxChildren());
    assertFalse(configuration.pools().get("www").worker().clearEnv());
    assertEquals(List.of("/b", "/a"), configuration.pools().get("www").access().suppressPaths());
  }
}
