package org.fpm4j.itests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A real supervisord that runs the distribution by the program file that comes with it. */
final class Supervisord implements AutoCloseable {

  private final Site site;
  private final Path configuration;
  private final Process process;

  /** Starts it; its program starts with it. */
  Supervisord(Site site) throws IOException {
    this.site = site;
    Path home = Path.of(Site.program()).getParent().getParent();
    String program =
        Files.readString(home.resolve("share/supervisord/fpm4j.conf"))
            .replace("/opt/fpm4j", home.toString())
            .replace("--run /run/fpm4j", "--run " + site.run() + " --etc " + site.etc())
            .replace("/var/log/fpm4j.log", site.path("fpm4j.log").toString());
    this.configuration =
        site.write(
            site.path("supervisord.conf"),
            """
            [supervisord]
            logfile=%1$s/supervisord.log
            pidfile=%1$s/supervisord.pid
            childlogdir=%1$s
            [unix_http_server]
            file=%1$s/supervisor.api
            [supervisorctl]
            serverurl=unix://%1$s/supervisor.api
            [rpcinterface:supervisor]
            supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
            """
                    .formatted(site.path("."))
                + program);
    this.process =
        new ProcessBuilder("supervisord", "-n", "-c", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(site.path("supervisord.out").toFile())
            .start();
  }

  /** Runs a command of supervisorctl to its end. */
  CommandOutcome control(String... words) {
    String[] command = new String[words.length + 3];
    command[0] = "supervisorctl";
    command[1] = "-c";
    command[2] = configuration.toString();
    System.arraycopy(words, 0, command, 3, words.length);
    return site.shell(command);
  }

  /**
   * Waits until the master it started is ready, if another than {@code former}; returns its pid.
   */
  int awaitMaster(int former) {
    return Await.value(
        "ready master instead of " + former,
        () -> {
          CommandOutcome ready = site.command("ready");
          String pid = control("pid", "fpm4j").output().strip();
          return ready.exitCode() == 0 && pid.matches("[1-9][0-9]*") ? Integer.parseInt(pid) : 0;
        },
        pid -> pid != 0 && pid != former);
  }

  /** Ends it as its operator does, and so the master. */
  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(
            "supervisord does not end: " + Files.readString(site.path("supervisord.log")));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
