package org.fpm4j.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.fpm4j.config.Directive.Kind;
import org.fpm4j.config.Directive.Scope;
import org.junit.jupiter.api.Test;

/**
 * Holds DIRECTIVES.md, the metatype and the README to the directive table. After a change of the
 * table write the first two anew, and the README's row by hand: {@code mvn test -pl bundles/config
 * -Dtest=DirectiveDocumentsTest -Ddirectives.write}
 */
class DirectiveDocumentsTest {

  private static final Path PAGE = Path.of("DIRECTIVES.md");
  private static final Path README = Path.of("../../README.md");
  private static final Path METATYPE =
      Path.of("src/main/resources/OSGI-INF/metatype/org.fpm4j.config.xml");

  @Test
  void theDirectivesPageShowsTheTable() throws IOException {
    hold(PAGE, page());
  }

  @Test
  void theMetatypeShowsTheTable() throws IOException {
    hold(METATYPE, metatype());
  }

  @Test
  void theReadmeHasEveryRowOfTheTableOnceAndNoOther() throws IOException {
    String readme = Files.readString(README);
    int start = readme.indexOf("### Essential");
    int end = readme.indexOf("\n## ", start);
    List<String> shown =
        readme
            .substring(start, end)
            .lines()
            .filter(line -> line.startsWith("| `"))
            .sorted()
            .toList();
    List<String> wanted =
        Directive.all().stream().map(DirectiveDocumentsTest::row).sorted().toList();
    assertEquals(String.join("\n", wanted), String.join("\n", shown));
  }

  private static void hold(Path file, String expected) throws IOException {
    if (System.getProperty("directives.write") != null) {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, expected);
    }
    assertEquals(expected, Files.readString(file));
  }

  private static String page() {
    return """
        # Directives

        All of php-fpm's directives, and a few of fpm4j alone. In `etc/org.fpm4j.master.cfg` (global) and
        `etc/org.fpm4j.pool-NAME.cfg` (pool NAME) they are written `key = value`; in a php-fpm.conf as ever.

        What a change costs: *live* takes effect at once, no worker restarts; *roll* boots a new generation
        beside the old one and replaces it worker by worker; *bind* first binds the new socket, then rolls;
        *restart* waits for the next start of the master. Durations are numbers with `s`, `m`, `h`, `d` or
        nothing (seconds), sizes with `K`, `M`, `G` or nothing (bytes). Relative paths begin at the pool's
        `prefix`, else at the installation directory (`check -p`: at that prefix). `$pool` stands for the
        pool's name, `env[X] = $NAME` for the master's variable.

        In .cfg files one pair of quotes around a value is taken off, list entries may stand in one line
        separated by commas, and keys that differ in case only (`env[Path]`, `env[PATH]`) are refused,
        because Config Admin does not tell them apart. A pool defined twice counts where it is found first:
        the file named with `-y`, then .cfg and .config files, then .conf files in `etc`.

        `set`, on the command line and by JMX, changes the file a directive stands in, a php-fpm.conf and
        its includes too: the line that counts, else a new one behind a comment that shows it
        (`;pm.max_requests = 500`), else at the end of the section. A line that is included for several
        pools is not changed: the answer names it.

        Stricter than php-fpm, which takes these and goes wrong later: negative durations and counts,
        numbers beyond 32 bits, ports that are not 1 to 65535, a `listen.mode` that is not octal, socket
        paths longer than 107 bytes, pool names that are empty, have a `/` or are longer than 63 bytes,
        users and groups of `listen.acl_*` that do not exist, keys of arrays with a `=`, and lines with a
        NUL byte. A pool that is wrong keeps only itself out; `check` goes on to the next, so it may print
        more than php-fpm, which stops at the first.

        ## Global

        %s
        ## Pool

        %s"""
        .formatted(table(Scope.GLOBAL), table(Scope.POOL));
  }

  private static String table(Scope scope) {
    StringBuilder table =
        new StringBuilder(
            "| directive | unit | default | legal | change | |\n| --- | --- | --- | --- | --- | --- |\n");
    for (Directive directive : Directive.in(scope)) {
      table.append(row(directive)).append('\n');
    }
    return table.toString();
  }

  private static String row(Directive directive) {
    return "| `%s` | %s | %s | %s | %s | %s |"
        .formatted(
            directive.kind() == Kind.MAP
                ? directive.name().replace("[]", "[KEY]")
                : directive.name(),
            directive.unit(),
            directive.fallback().isEmpty() ? "" : "`" + directive.fallback() + "`",
            directive.legal(),
            lower(directive.changeClass()),
            directive.description());
  }

  private static String metatype() {
    return """
        <?xml version="1.0" encoding="UTF-8"?>
        <metatype:MetaData xmlns:metatype="http://www.osgi.org/xmlns/metatype/v1.3.0">
          <OCD id="org.fpm4j.master" name="fpm4j master" description="The global directives">
        %s  </OCD>
          <OCD id="org.fpm4j.pool" name="fpm4j pool" description="A pool; its name is that of the instance. env[KEY], php_value[KEY], php_flag[KEY], php_admin_value[KEY] and php_admin_flag[KEY] may be added">
        %s  </OCD>
          <Designate pid="org.fpm4j.master">
            <Object ocdref="org.fpm4j.master"/>
          </Designate>
          <Designate factoryPid="org.fpm4j.pool">
            <Object ocdref="org.fpm4j.pool"/>
          </Designate>
        </metatype:MetaData>
        """
        .formatted(attributes(Scope.GLOBAL), attributes(Scope.POOL));
  }

  private static String attributes(Scope scope) {
    StringBuilder attributes = new StringBuilder();
    for (Directive directive : Directive.in(scope)) {
      if (directive.kind() != Kind.MAP) {
        attributes.append(attribute(directive));
      }
    }
    return attributes.toString();
  }

  private static String attribute(Directive directive) {
    StringBuilder description = new StringBuilder(directive.description());
    if (!directive.unit().isEmpty()) {
      description.append(". Unit: ").append(directive.unit());
    }
    if (!directive.fallback().isEmpty()) {
      description.append(". Default: ").append(directive.fallback());
    }
    if (!directive.legal().isEmpty()) {
      description.append(". Legal: ").append(directive.legal());
    }
    description.append(". Change: ").append(lower(directive.changeClass()));
    String type =
        switch (directive.kind()) {
          case INTEGER -> "Integer";
          case BOOLEAN -> "Boolean";
          default -> "String";
        };
    String cardinality = directive.kind() == Kind.LIST ? " cardinality=\"2147483647\"" : "";
    List<String> options =
        switch (directive.name()) {
          case "pm" -> List.of("static", "dynamic", "ondemand");
          case "log_level" -> List.of("debug", "notice", "warning", "error", "alert");
          default -> List.of();
        };
    StringBuilder xml = new StringBuilder();
    xml.append(
        "    <AD id=\"%1$s\" name=\"%1$s\" type=\"%2$s\"%3$s required=\"false\" description=\"%4$s\""
            .formatted(
                escaped(directive.name()), type, cardinality, escaped(description.toString())));
    xml.append(options.isEmpty() ? "/>\n" : ">\n");
    for (String option : options) {
      xml.append("      <Option label=\"%1$s\" value=\"%1$s\"/>%n".formatted(option));
    }
    return xml.append(options.isEmpty() ? "" : "    </AD>\n").toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String lower(ChangeClass changeClass) {
    return changeClass.name().toLowerCase(Locale.ROOT);
  }
}
