package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ClassArchiveIT {

  /** What differs between installations, as users and groups do, is not in the training run. */
  private static final int MOST_MADE_AT_RUN_TIME = 30;

  @RegisterExtension final Site site = new Site();

  @Test
  void startOfAPoolTakesItsClassesFromTheArchive() throws IOException {
    assertEquals(0, site.shell(Site.program(), "archive").exitCode());
    site.pool("www", "pm = static", "pm.max_children = 1");
    Path loaded = site.path("loaded");
    site.launchCommand(
            List.of(
                "env",
                "FPM4J_JAVA_OPTS=-Xlog:class+load:file=" + loaded,
                Site.program(),
                "run",
                "--run",
                site.run().toString(),
                "--etc",
                site.etc().toString()))
        .awaitReady();

    List<String> others;
    try (Stream<String> lines = Files.lines(loaded)) {
      others =
          lines
              .filter(line -> line.contains(" org.fpm4j.process.") || line.contains(".posix."))
              .filter(line -> !line.contains("shared objects file"))
              .toList();
    }
    assertTrue(others.size() <= MOST_MADE_AT_RUN_TIME, () -> String.join("\n", others));
    assertEquals(List.of(), others.stream().filter(line -> !line.contains("Lambda")).toList());
  }
}
