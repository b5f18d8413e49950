package org.fpm4j.config.internal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.internal.source.ConfigurationSources;
import org.fpm4j.config.internal.source.ConfigurationSources.PidProperties;
import org.fpm4j.config.internal.source.PidReader;
import org.fpm4j.config.internal.source.PropertiesText;

/**
 * Writes what a console changed in Config Admin to the .cfg file the PID came from, entry by entry,
 * so that it outlives the master and the file keeps its comments. (File Install's own saving drops
 * comments.) Called on the thread {@code fpm4j-config} after each evaluation.
 *
 * <p>It was a console, and not an edit of the file that File Install passed on, if the properties
 * changed between two evaluations and the file did not. A rejected change is not written.
 */
final class WriteBack implements BiConsumer<ConfigurationSources, Configuration> {

  private static final Logger LOG = System.getLogger(WriteBack.class.getName());

  /** A value File Install does not hand on as it stands: with substitutions, or typed. */
  private static final Pattern INTERPRETED =
      Pattern.compile(
          ".*\\$\\{.*|[TILFDXSCBtilfdxscb]?(?:\".*\"|\\[.*\\]|\\(.*\\))", Pattern.DOTALL);

  private final Map<String, Seen> seen = new HashMap<>();

  /** A PID at one evaluation. */
  private record Seen(Map<String, String> texts, String stamp) {}

  @Override
  public void accept(ConfigurationSources sources, Configuration configuration) {
    Map<String, Seen> before = Map.copyOf(seen);
    seen.clear();
    for (PidProperties pid : sources.pids()) {
      Optional<Path> file = pid.file().filter(CfgFile::isOne);
      if (file.isEmpty()) {
        continue;
      }
      Seen now = new Seen(texts(pid.properties()), stamp(file.get()));
      Seen last = before.get(pid.source());
      boolean byConsole =
          last != null && last.stamp().equals(now.stamp()) && !last.texts().equals(now.texts());
      if (byConsole && !isRejected(pid, configuration)) {
        write(file.get(), last.texts(), now.texts());
        now = new Seen(now.texts(), stamp(file.get()));
      }
      seen.put(pid.source(), now);
    }
  }

  private static boolean isRejected(PidProperties pid, Configuration configuration) {
    return configuration.rejections().stream()
        .anyMatch(rejection -> rejection.pool().orElse("").equals(pid.pool()));
  }

  private static void write(Path file, Map<String, String> last, Map<String, String> now) {
    Set<String> keys = new TreeSet<>(last.keySet());
    keys.addAll(now.keySet());
    try {
      Map<String, String> written = new HashMap<>();
      for (PropertiesText.Entry entry : CfgFile.read(file).entries()) {
        written.put(entry.key(), entry.value());
      }
      for (String key : keys) {
        String value = now.get(key);
        String there = written.get(key);
        boolean same = Objects.equals(value, last.get(key)) || Objects.equals(value, there);
        if (!same && !isInterpreted(there) && !isInterpreted(value)) {
          CfgFile.rewrite(file, key, Optional.ofNullable(value));
        }
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "a change made in Config Admin is not saved in " + file, e);
    }
  }

  private static boolean isInterpreted(String text) {
    return text != null && INTERPRETED.matcher(text).matches();
  }

  private static Map<String, String> texts(Map<String, Object> properties) {
    return properties.entrySet().stream()
        .filter(property -> !PidReader.isForeign(property.getKey()))
        .collect(Collectors.toMap(Map.Entry::getKey, property -> text(property.getValue())));
  }

  private static String text(Object value) {
    List<String> texts = PidReader.texts(value);
    return String.join(",", texts);
  }

  private static String stamp(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant() + " " + Files.size(file);
    } catch (IOException ignored) {
      return "";
    }
  }
}
