package org.fpm4j.itests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real systemd, process 1 of namespaces of its own with a {@code /run} of its own, and the
 * distribution in it by the unit file that comes with it. Needs root and a kernel that permits
 * this.
 */
final class Systemd implements AutoCloseable {

  private static final Path PROGRAM = Path.of("/lib/systemd/systemd");

  /**
   * In the new namespaces: the container's own cgroup at the usual place, an empty /run, the unit,
   * and a target that pulls nothing of this machine's own in.
   */
  private static final String BOOT =
      """
      set -e
      echo $$ > "$1/cgroup.procs"
      exec unshare --pid --fork --kill-child --mount-proc --cgroup --uts --ipc --net sh -ec '
        mount --make-rprivate /
        umount -l /sys/fs/cgroup
        mount -t cgroup2 cgroup2 /sys/fs/cgroup
        mount -t tmpfs tmpfs /run
        mount --bind /etc /etc
        mount -o remount,ro,bind /etc
        mkdir -p /run/lock /run/systemd/system
        cp "$0"/units/* /run/systemd/system
        exec env -i PATH="$PATH" container=fpm4j /lib/systemd/systemd --system --unit=it.target
      ' "$2"
      """;

  private final Site site;
  private final Path cgroup;
  private final Process unshare;

  private Systemd(Site site, Path cgroup, Process unshare) {
    this.site = site;
    this.cgroup = cgroup;
    this.unshare = unshare;
  }

  /**
   * Boots it with the unit {@code fpm4j} and a socket unit for pool www, not yet started; empty
   * where it cannot run.
   */
  static Optional<Systemd> boot(Site site) throws IOException {
    Optional<Path> hierarchy = hierarchy();
    if (!Site.ROOT || hierarchy.isEmpty() || !Files.isExecutable(PROGRAM)) {
      return Optional.empty();
    }
    writeUnits(site);
    Path cgroup = hierarchy.get().resolve("fpm4j-it-" + ProcessHandle.current().pid());
    try {
      Files.createDirectory(cgroup);
    } catch (IOException notPermitted) {
      return Optional.empty();
    }
    Systemd systemd = new Systemd(site, cgroup, start(site, cgroup));
    if (systemd.isUp()) {
      return Optional.of(systemd);
    }
    systemd.close();
    return Optional.empty();
  }

  /** Returns where processes are grouped as systemd wants it: the unified hierarchy. */
  private static Optional<Path> hierarchy() throws IOException {
    try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mounts"))) {
      return mounts
          .map(line -> line.split(" "))
          .filter(mount -> mount[2].equals("cgroup2"))
          .map(mount -> Path.of(mount[1]))
          .findFirst();
    }
  }

  private static void writeUnits(Site site) throws IOException {
    Path units = Files.createDirectory(site.path("units"));
    Path home = Path.of(Site.program()).getParent().getParent();
    String unit =
        Files.readString(home.resolve("share/systemd/fpm4j.service"))
            .replace("/opt/fpm4j", home.toString())
            .replace("run --run /run/fpm4j", "run --etc " + site.etc() + " --run /run/fpm4j")
            .replace("/run/fpm4j", site.run().toString());
    site.write(units.resolve("it.target"), "[Unit]\nDefaultDependencies=no\n");
    site.write(
        units.resolve("fpm4j.socket"),
        """
        [Unit]
        DefaultDependencies=no
        [Socket]
        ListenStream=%s
        """
            .formatted(site.socket("www")));
    site.write(
        units.resolve("fpm4j.service"),
        unit
            + """
            StandardOutput=append:%1$s
            StandardError=append:%1$s
            Environment=JAVA_HOME=%2$s
            [Unit]
            DefaultDependencies=no
            """
                .formatted(site.path("fpm4j.log"), System.getProperty("java.home"))
                .replaceFirst("^", "[Service]\n"));
  }

  private static Process start(Site site, Path cgroup) throws IOException {
    return new ProcessBuilder("sh", "-c", BOOT, "sh", cgroup.toString(), site.path(".").toString())
        .redirectErrorStream(true)
        .redirectOutput(site.path("systemd.out").toFile())
        .start();
  }

  private boolean isUp() {
    try {
      Await.until(
          "systemd",
          () ->
              !unshare.isAlive()
                  || control("is-system-running").output().matches("(running|degraded)\n"));
      return unshare.isAlive();
    } catch (AssertionError ignored) {
      // It hangs in a place not made for it.
      return false;
    }
  }

  /** Runs a command of systemctl to its end. */
  CommandOutcome control(String... words) {
    String processOne = site.shell("pgrep", "-P", Long.toString(unshare.pid())).output().strip();
    List<String> command = new ArrayList<>(List.of("nsenter", "-t", processOne, "-a", "systemctl"));
    command.addAll(List.of(words));
    return site.shell(command.toArray(String[]::new));
  }

  /** Returns a property of the unit, as text. */
  String property(String name) {
    return control("show", "--value", "-p", name, "fpm4j").expectSuccess().strip();
  }

  /** Returns what the master logged. */
  String log() {
    try {
      return Files.readString(site.path("fpm4j.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it, and everything in it. */
  @Override
  public void close() throws IOException {
    unshare.destroyForcibly();
    try {
      if (!unshare.waitFor(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("unshare does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Await.until("an empty cgroup", this::removeCgroups);
  }

  private boolean removeCgroups() throws IOException {
    try (Stream<Path> groups = Files.walk(cgroup)) {
      for (Path group :
          groups.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(group);
      }
      return true;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
