package org.fpm4j.config.internal.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.fpm4j.config.internal.source.PropertiesText.Entry;
import org.junit.jupiter.api.Test;

class PropertiesTextTest {

  private static final String FILE =
      """
      # The pool

      listen = 9000
      ! pm.max_requests = 500
      # pm.max_requests = 100
      #other
      pm.max_children=5
      env[PATH] = /bin:\\
          /usr/bin
      last : 1
      """;

  private static final Pattern LONE_BACKSLASH = Pattern.compile("(?m)^[ \\t]*\\\\$");

  @Test
  void namesTheLineOfEveryEntry() {
    assertEquals(
        List.of(
            new Entry("listen", "9000", 3, 1),
            new Entry("pm.max_children", "5", 7, 1),
            new Entry("env[PATH]", "/bin:/usr/bin", 8, 2),
            new Entry("last", "1", 10, 1)),
        PropertiesText.parse(FILE).entries());
  }

  @Test
  void changesAnEntryAndNothingElse() {
    assertEquals(
        FILE.replace("pm.max_children=5", "pm.max_children = 7"),
        PropertiesText.parse(FILE).with("pm.max_children", "7"));
    assertEquals(
        FILE.replace("env[PATH] = /bin:\\\n    /usr/bin", "env[PATH] = /bin"),
        PropertiesText.parse(FILE).with("env[PATH]", "/bin"));
  }

  @Test
  void putsANewEntryAfterTheCommentThatShowsIt() {
    assertEquals(
        FILE.replace("# pm.max_requests = 100\n", "# pm.max_requests = 100\npm.max_requests = 9\n"),
        PropertiesText.parse(FILE).with("pm.max_requests", "9"));
    assertEquals(FILE + "chdir = /\n", PropertiesText.parse(FILE).with("chdir", "/"));
  }

  @Test
  void removesAllEntriesOfAKey() {
    assertEquals(
        "# c\nb = 2\n", PropertiesText.parse("a = 1\n# c\nb = 2\na = 3\n").with("a", null));
    assertEquals("b = 2\na = 4\n", PropertiesText.parse("a = 1\nb = 2\na = 3\n").with("a", "4"));
  }

  @Property(tries = 500)
  void readsBackWhatItWrites(
      @ForAll @StringLength(max = 12) @CharRange(from = ' ', to = '~') @Chars({'\n', '\t', 'é'})
          String value,
      @ForAll @StringLength(min = 1, max = 6) @Chars({'a', '[', ']', '.', ' ', '=', ':', '\\'})
          String key) {
    Entry entry =
        PropertiesText.parse(PropertiesText.parse("x=1\n").with(key, value)).entries().get(1);
    assertEquals(key, entry.key());
    assertEquals(value, entry.value());
  }

  @Property(tries = 1000)
  void readsAsJavaDoes(
      @ForAll
          @StringLength(max = 20)
          @Chars({'a', 'b', '=', ':', ' ', '\\', '\n', '#', '!', '\t', 'u', '0', '\r'})
          String text)
      throws IOException {
    // What Java makes of a line that is but a backslash is nobody's intention.
    Assume.that(!LONE_BACKSLASH.matcher(text).find());
    Properties expected = new Properties();
    try {
      expected.load(new StringReader(text));
    } catch (IllegalArgumentException malformedEscape) {
      return;
    }
    Map<Object, Object> actual = new HashMap<>();
    PropertiesText.parse(text).entries().forEach(entry -> actual.put(entry.key(), entry.value()));
    assertEquals(expected, actual);
  }
}
