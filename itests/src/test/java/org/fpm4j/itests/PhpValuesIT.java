package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.fpm4j.fastcgi.ClientResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** php.ini values of a pool and of a request: what scripts see of them and what they may change. */
class PhpValuesIT {

  private static final String[] VALUES = {
    "php_value[display_errors] = 0",
    "php_value[user_agent] = by php_value",
    "php_flag[html_errors] = off",
    "php_admin_value[memory_limit] = 48M",
    "php_admin_value[error_reporting] = 22527",
    "php_admin_value[disable_functions] = exec,system",
    "php_admin_value[disable_classes] = SplStack",
    "php_admin_flag[short_open_tag] = on",
    "php_admin_flag[opcache.enable] = on"
  };

  private static final String REPORT =
      """
      <?php
      foreach (['display_errors', 'user_agent', 'html_errors', 'memory_limit', 'error_reporting',
          'disable_functions', 'disable_classes', 'short_open_tag', 'opcache.enable',
          'precision', 'auto_prepend_file', 'upload_max_filesize'] as $name) {
        $before = ini_get($name);
        $former = @ini_set($name, $name === 'memory_limit' ? '256M' : '5');
        $after = ini_get($name);
        isset($_GET['restore']) && ini_restore($name);
        echo $name, ': ', json_encode([$before, $former, $after, ini_get($name)]), "\\n";
      }
      foreach (['exec', 'system', 'passthru', 'strlen'] as $name) {
        echo $name, ': ', json_encode(function_exists($name)), "\\n";
      }
      echo 'SplStack: ', json_encode(@count((array) @get_class_methods('SplStack'))), "\\n";
      echo 'SplQueue: ', json_encode(count(get_class_methods('SplQueue')) > 0), "\\n";
      """;

  @RegisterExtension final Site site = new Site();

  private Path phpIni() {
    return site.write(
        site.path("php.ini"),
        """
        disable_functions = passthru
        precision = 11
        user_ini.cache_ttl = 0
        """);
  }

  private RunningMaster start(String... more) {
    String[] settings = new String[VALUES.length + more.length + 3];
    System.arraycopy(VALUES, 0, settings, 0, VALUES.length);
    System.arraycopy(more, 0, settings, VALUES.length, more.length);
    settings[settings.length - 3] = "pm = static";
    settings[settings.length - 2] = "pm.max_children = 1";
    settings[settings.length - 1] = "php.ini = " + phpIni();
    site.pool("www", settings);
    return site.start();
  }

  private static String get(PoolClient client, Path script, Map<String, String> params)
      throws IOException {
    Map<String, String> all = PoolClient.params(script, "");
    all.putAll(params);
    return client.request(all).cgi().bodyText();
  }

  @Test
  void scriptsSeeAndChangeWhatTheyDoUnderPhpFpm() throws IOException {
    start();
    Path script = site.script("report.php", REPORT);
    site.write(site.path("www").resolve(".user.ini"), "memory_limit = 64M\nprecision = 7\n");

    try (PhpFpm phpFpm = PhpFpm.start(site, phpIni(), VALUES)) {
      String expected = phpFpm.client().get(script, "restore");
      for (int i = 0; i < 3; i++) {
        assertEquals(expected, site.client("www").get(script, "restore"));
      }
      assertTrue(expected.contains("memory_limit: [\"48M\",false,\"48M\",\"48M\"]"), expected);
    }
  }

  @Test
  void requestParametersSetWhatTheyDoUnderPhpFpm() throws IOException {
    start();
    Path script = site.script("report.php", REPORT);
    List<Map<String, String>> requests =
        List.of(
            Map.of("PHP_VALUE", "user_agent=\"a b\"\nprecision=3\nupload_max_filesize=3M"),
            Map.of("PHP_ADMIN_VALUE", "precision = 5\n; a comment\nauto_prepend_file = none"),
            Map.of("PHP_VALUE", "memory_limit = 96M", "PHP_ADMIN_VALUE", "user_agent = x"),
            Map.of("PHP_VALUE", "error_reporting = E_ALL & ~E_NOTICE\nno.such = 1"),
            Map.of("PHP_VALUE", "[section]\nprecision = 4"),
            Map.of("PHP_ADMIN_VALUE", "disable_functions = strlen"));

    for (Map<String, String> params : requests) {
      // A worker of php-fpm keeps such values for later requests, so each gets a fresh one.
      try (PhpFpm phpFpm = PhpFpm.start(site, phpIni(), VALUES)) {
        assertEquals(
            get(phpFpm.client(), script, params),
            get(site.client("www"), script, params),
            params::toString);
      }
    }
  }

  @Test
  void requestParametersEndWithTheirRequest() throws IOException {
    start();
    Path script = site.script("report.php", REPORT);
    String plain = site.client("www").get(script);

    String changed =
        get(
            site.client("www"),
            script,
            Map.of("PHP_VALUE", "precision=3", "PHP_ADMIN_VALUE", "user_agent=x"));

    assertFalse(changed.equals(plain), changed);
    assertEquals(plain, site.client("www").get(script));
  }

  @Test
  void scriptsFindNoVariablesButTheirOwn() throws IOException {
    start("env[COLOUR] = red");
    Path script =
        site.script(
            "server.php",
            "<?php foreach ($_SERVER as $key => $value)"
                + " if (strpos($key, 'REQUEST_TIME') !== 0)"
                + " echo $key, '=', is_array($value) ? 'list' : $value, \"\\n\";");

    try (PhpFpm phpFpm = PhpFpm.start(site, phpIni(), "env[COLOUR] = red")) {
      assertEquals(
          phpFpm.client().get(script).lines().sorted().toList(),
          site.client("www").get(script).lines().sorted().toList());
    }
  }

  @Test
  void onlyScriptsWithAnAllowedSuffixRun() throws IOException {
    start();
    site.expectLog("Access to the script");
    Path included = site.script("part.inc", "<?php echo 'part ';");
    List<Path> scripts =
        List.of(
            site.script("yes.php", "<?php include '" + included + "'; echo 'yes';"),
            site.script("no.html", "no"),
            included,
            site.path("www").resolve("no.html/x.php"),
            site.path("www").resolve("yes.php/x.html"),
            site.script(".php", "<?php echo 'a name of its own';"),
            site.script("no.PHP", "no"));

    try (PhpFpm phpFpm = PhpFpm.start(site, phpIni())) {
      for (int round = 0; round < 3; round++) { // from the second on out of the opcache
        for (Path script : scripts) {
          ClientResponse expected = phpFpm.client().request(script, "");
          ClientResponse answer = site.client("www").request(script, "");
          assertEquals(expected.cgi().status(), answer.cgi().status(), script::toString);
          assertEquals(expected.cgi().bodyText(), answer.cgi().bodyText(), script::toString);
        }
      }
    }
  }

  @Test
  void everyScriptRunsWithoutALimit() throws IOException {
    start("security.limit_extensions =");
    assertEquals("page", site.client("www").get(site.script("page.html", "page")));
  }

  @Test
  void unknownNamesAreReportedAndTheRestHolds() throws IOException {
    site.expectLog("Unable to set|Passing INI directive");
    RunningMaster master =
        start(
            "php_value[no.such] = 1",
            "php_admin_value[nor.this] = 1",
            "catch_workers_output = yes");

    master.awaitLog("ERROR: Unable to set php_value 'no.such'");
    master.awaitLog("ERROR: Unable to set php_admin_value 'nor.this'");
    Path script = site.script("limit.php", "<?php echo ini_get('memory_limit');");
    assertEquals("48M", get(site.client("www"), script, Map.of("PHP_VALUE", "no.such=1")));
    master.awaitLog("ERROR: Passing INI directive through FastCGI: unable to set 'no.such'");
  }
}
