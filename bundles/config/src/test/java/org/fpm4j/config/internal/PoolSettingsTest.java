package org.fpm4j.config.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.IniEntry;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.Rejection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What directives become; php-fpm's own checks are compared in ConfigurationCheckTest. */
class PoolSettingsTest {

  private static final byte[] V4_LOOPBACK = {127, 0, 0, 1};
  private static final byte[] V6_LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

  private static String rejection(String key, String value) {
    Configuration configuration = new Evaluations().pool("www", key, value).get();
    return configuration.rejections().stream()
        .map(Rejection::reason)
        .findFirst()
        .orElse("accepted");
  }

  @Test
  void hasPhpFpmsDefaults() {
    PoolSettings pool = Evaluations.settings();
    assertEquals(-1, pool.listen().backlog());
    assertEquals(0660, pool.listen().mode());
    assertEquals(Optional.empty(), pool.listen().allowedClients());
    assertTrue(pool.worker().clearEnv());
    assertTrue(pool.worker().decorateOutput());
    assertFalse(pool.worker().catchOutput());
    assertEquals(List.of(".php", ".phar"), pool.worker().limitExtensions());
    assertEquals(Duration.ZERO, pool.request().terminateTimeout());
    assertEquals(20, pool.request().slowlogTraceDepth());
    assertEquals("pong", pool.status().pingResponse());
    assertEquals("%R - %u %t \"%m %r\" %s", pool.access().format());
    assertEquals(Duration.ofSeconds(30), pool.pm().startTimeout());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "listen                    | host:0            | invalid port value '0'",
        "listen                    | 65536             | invalid port value '65536'",
        "listen                    | [::1]             | invalid port value '1]'",
        "pm.status_listen          | 127.0.0.1:x       | invalid port value 'x'",
        "listen.mode               | 0999              | listen.mode '0999' is not octal",
        "pm.max_children           | 65537             | pm.max_children(65537) is above 65536",
        "pm.max_children           | 4294967297        | is not a valid number (greater or equal than zero)",
        "pm.max_requests           | -1                | pm.max_requests(-1) must be 0 or more",
        "pm.max_requests_jitter    | -1                | pm.max_requests_jitter(-1) must be 0 or more",
        "pm.start_timeout          | 0                 | pm.start_timeout(0) must be 1 or more",
        "pm.keep_idle_timeout      | -1s               | pm.keep_idle_timeout(-1) must be 0 or more",
        "request_terminate_timeout | -5s               | request_terminate_timeout(-5) must be 0 or more",
        "request_terminate_timeout | 99999999d         | invalid time value",
        "rlimit_files              | -1                | rlimit_files(-1) must be 0 or more",
        "pm.max_worker_memory      | 64T               | is not a valid size (a number, then K, M, G or nothing)",
        "pm.max_worker_memory      | -1                | is not a valid size (a number, then K, M, G or nothing)",
        "program                   | no-such-program-x | the program 'no-such-program-x' is not found on PATH",
        "program                   | /etc/passwd       | the program '/etc/passwd' does not exist or is not executable",
        "php.ini                   | /no/php.ini       | php.ini '/no/php.ini' does not exist or is not readable",
        "env[A=B]                  | 1                 | the key of env[A=B] has an = or a control character",
        "env[]                     | 1                 | You must provide a key for field 'env'",
        "access.suppress_path[]    | /a,b              | Values provided to field 'access.suppress_path' must begin with '/'",
        "php_flag[x]               | maybe             | invalid boolean value",
        "Access.Log                | /no/such/dir/x    | failed to open access log (/no/such/dir/x): No such file or directory (2)",
        "php_vlaue[x]              | 1                 | unknown directive 'php_vlaue', the nearest is 'php_value[]'",
        "user                      | $pool             | accepted",
        "pm.max_worker_memory      | 64m               | accepted",
        "clear_env                 | Off               | accepted",
        "php_flag[x]               | OFF               | accepted",
        "listen                    | [::1]:9000        | accepted",
        "listen                    | www.sock          | accepted",
        "request_terminate_timeout | 1h30m             | accepted",
      })
  void saysWhatIsWrong(String key, String value, String reason) {
    assertEquals(reason, rejection(key, value));
  }

  @ParameterizedTest
  @CsvSource({"64,64", "64K,65536", "64m,67108864", "2G,2147483648", "0,0"})
  void readsSizes(String written, long bytes) {
    assertEquals(
        bytes, Evaluations.settings("pm.max_worker_memory", written).pm().maxWorkerMemoryBytes());
  }

  @ParameterizedTest
  @CsvSource({"5,5", "5s,5", "5m,300", "5h,18000", "5d,432000", "1h30m,60"})
  void readsDurations(String written, long seconds) {
    assertEquals(
        Duration.ofSeconds(seconds),
        Evaluations.settings("request_terminate_timeout", written).request().terminateTimeout());
  }

  @Test
  void refusesNamesThatAreNoFileNames() {
    for (String name : List.of("", "a/b", "a\nb", "x".repeat(64))) {
      assertEquals(1, new Evaluations().pool(name).get().rejections().size(), name);
    }
    assertEquals(0, new Evaluations().pool("x".repeat(63)).get().rejections().size());
  }

  @Test
  void refusesSocketPathsTheKernelCannotTake() {
    assertEquals("accepted", rejection("listen", "/" + "x".repeat(106)));
    assertTrue(rejection("listen", "/" + "x".repeat(107)).endsWith("longer than 107 bytes"));
  }

  @Test
  void completesRelativePathsByThePoolsPrefix() {
    PoolSettings pool =
        Evaluations.settings("prefix", "tmp", "listen", "a.sock", "slowlog", "s.log");
    assertEquals("//tmp/a.sock", pool.listen().address());
    assertTrue(pool.listen().isUnix());
    assertEquals(Optional.of(Path.of("/tmp/s.log")), pool.request().slowlog());
  }

  @Test
  void resolvesTheMastersVariablesInEnv() {
    PoolSettings pool = Evaluations.settings("env[A]", "$HOME", "env[B]", "$NONE", "env[C]", "x");
    assertEquals(Map.of("A", "/home/x", "B", "", "C", "x"), pool.worker().env());
  }

  @Test
  void foldsFlagsIntoValues() {
    PoolSettings pool =
        Evaluations.settings("php_flag[a]", "on", "php_admin_flag[b]", "no", "php_value[c]", "1M");
    assertEquals(
        List.of(new IniEntry("c", "1M"), new IniEntry("a", "1")), pool.program().phpValues());
    assertEquals(List.of(new IniEntry("b", "0")), pool.program().phpAdminValues());
  }

  @Test
  void takesOnePairOfQuotesOffValuesOfPids() {
    PoolSettings pool = Evaluations.settings("access.format", "\"%m \"%r\"\"", "env[A]", " ' x ' ");
    assertEquals("%m \"%r\"", pool.access().format());
    assertEquals(" x ", pool.worker().env().get("A"));
  }

  @Test
  void leavesWrongClientsOutAndSaysSo() throws UnknownHostException {
    Configuration configuration =
        new Evaluations()
            .pool("www", "listen.allowed_clients", "127.0.0.1, ::1,::1,1.2.3,localhost")
            .get();
    assertEquals(
        Optional.of(
            List.of(InetAddress.getByAddress(V4_LOOPBACK), InetAddress.getByAddress(V6_LOOPBACK))),
        configuration.pools().get("www").listen().allowedClients());
    List<String> texts = new ArrayList<>();
    configuration.notices().forEach(notice -> texts.add(notice.text()));
    assertEquals(
        List.of(
            "Wrong IP address ' ::1' in listen.allowed_clients",
            "Wrong IP address '1.2.3' in listen.allowed_clients",
            "Wrong IP address 'localhost' in listen.allowed_clients"),
        texts);
  }

  @Test
  void allowsNobodyWithAnEmptyListOfClients() {
    assertEquals(
        Optional.of(List.of()),
        Evaluations.settings("listen.allowed_clients", "").listen().allowedClients());
    assertEquals(
        Optional.empty(),
        Evaluations.settings("listen.allowed_clients", "", "listen", "/x")
            .listen()
            .allowedClients());
  }

  @Test
  void splitsArgumentsAndExtensionsAtBlanks() {
    PoolSettings pool =
        Evaluations.settings("program.args", " -x  y\t-z ", "security.limit_extensions", "");
    assertEquals(List.of("-x", "y", "-z"), pool.program().args());
    assertEquals(List.of(), pool.worker().limitExtensions());
  }
}
