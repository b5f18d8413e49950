package org.fpm4j.itests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Debian's php-fpm with one pool {@code www}, to be asked how it does things. */
final class PhpFpm implements AutoCloseable {

  private static final Path PROGRAM = Path.of("/usr/sbin/php-fpm8.2");

  private final Process process;
  private final Path socket;

  private PhpFpm(Process process, Path socket) {
    this.process = process;
    this.socket = socket;
  }

  /**
   * Starts it in a site's directory and waits until it listens. Skips the test where there is none.
   *
   * @param phpIni its php.ini
   * @param settings lines {@code key = value} of the pool
   */
  static PhpFpm start(Site site, Path phpIni, String... settings) throws IOException {
    assumeTrue(Files.isExecutable(PROGRAM), "php-fpm is not installed");
    Path socket = site.path("php-fpm.sock0");
    List<String> lines = new ArrayList<>(List.of("[www]", "listen = " + socket));
    lines.add("listen.mode = 0666");
    lines.add("pm = static");
    lines.add("pm.max_children = 1");
    if (Site.ROOT) {
      lines.add("user = www-data");
      lines.add("group = www-data");
    }
    lines.addAll(List.of(settings));
    Path conf = site.write(site.path("real-php-fpm.conf"), String.join("\n", lines) + "\n");
    Process process =
        new ProcessBuilder(
                List.of(PROGRAM.toString(), "-F", "-O", "-y", conf.toString(), "-c", "" + phpIni))
            .redirectOutput(new File("/dev/null"))
            .redirectError(site.path("php-fpm.errors").toFile())
            .start();
    PhpFpm started = new PhpFpm(process, socket);
    try {
      started.awaitReady(site.path("php-fpm.errors"));
    } catch (AssertionError e) {
      started.close();
      throw e;
    }
    return started;
  }

  /**
   * Waits until it says that it is ready. Its socket's file does not tell: bind() makes it before
   * listen(), and an earlier php-fpm may have left one. To connect would count as a request.
   */
  private void awaitReady(Path errors) {
    Await.value(
        "php-fpm listens",
        () -> {
          String said = Files.readString(errors);
          if (!process.isAlive()) {
            throw new AssertionError("php-fpm ended with " + process.exitValue() + ":\n" + said);
          }
          return said;
        },
        said -> said.contains("NOTICE: ready to handle connections"));
  }

  PoolClient client() {
    return PoolClient.unix(socket);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
