package org.fpm4j.command.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.fpm4j.log.Json;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.ProcessManager;
import org.fpm4j.stack.PhpStacks;
import org.fpm4j.stack.Profile;
import org.fpm4j.stack.WorkerStack;

/** The commands that look into running PHP code. Any thread. */
final class Stacks {

  private static final int USUAL_SECONDS = 10;
  private static final int MOST_SECONDS = 300;
  private static final int USUAL_HERTZ = 99;
  private static final int MOST_HERTZ = 999;

  private final ProcessManager manager;
  private final Supplier<Optional<PhpStacks>> stacks;
  private final Optional<Path> run;

  /**
   * @param stacks asked when a command needs it
   * @param run the run directory, where profiles go unless told otherwise
   */
  Stacks(ProcessManager manager, Supplier<Optional<PhpStacks>> stacks, Optional<Path> run) {
    this.manager = manager;
    this.stacks = stacks;
    this.run = run;
  }

  List<Command> commands() {
    return List.of(
        new Command(
            "stack", "[--pool POOL] [PID] [--json]", "what PHP code workers are at", this::stack),
        new Command(
            "profile",
            "--pool POOL [--seconds N] [--hz N] [--out DIR]",
            "sample a pool's PHP code, draw a flame graph",
            this::profile));
  }

  private Reply stack(Arguments arguments) throws UsageException {
    boolean json = arguments.flag("--json");
    Optional<String> pool = arguments.option("--pool");
    Optional<String> word = arguments.next();
    Optional<Integer> pid =
        word.isPresent() ? Optional.of(Arguments.pid(word.get())) : Optional.empty();
    arguments.end();
    Optional<PhpStacks> service = stacks.get();
    if (service.isEmpty()) {
      return absent();
    }
    if (pool.isPresent() && manager.pool(pool.get()).isEmpty()) {
      return Reply.failed("no pool '" + pool.get() + "'");
    }
    List<WorkerStack> found =
        pid.isPresent() ? ofWorker(service.get(), pid.get(), pool) : of(service.get(), pool);
    if (pid.isPresent() && found.isEmpty()) {
      return Reply.failed(
          "no worker " + pid.get() + pool.map(name -> " in pool " + name).orElse(""));
    }
    return Reply.ok(
        json
            ? Json.of(found) + "\n"
            : found.stream().map(WorkerStack::text).collect(Collectors.joining("\n")));
  }

  private static List<WorkerStack> ofWorker(PhpStacks service, int pid, Optional<String> pool) {
    return service.ofWorker(pid).stream()
        .filter(stack -> pool.isEmpty() || pool.get().equals(stack.pool()))
        .toList();
  }

  private List<WorkerStack> of(PhpStacks service, Optional<String> pool) {
    List<String> names =
        pool.map(List::of)
            .orElseGet(() -> manager.pools().stream().map(PoolSnapshot::name).toList());
    List<WorkerStack> found = new ArrayList<>();
    names.forEach(name -> service.ofPool(name).ifPresent(found::addAll));
    return found;
  }

  private Reply profile(Arguments arguments) throws UsageException, InterruptedException {
    String pool =
        arguments.option("--pool").orElseThrow(() -> new UsageException("--pool is missing"));
    int seconds = arguments.number("--seconds", 1, MOST_SECONDS).orElse(USUAL_SECONDS);
    int hertz = arguments.number("--hz", 1, MOST_HERTZ).orElse(USUAL_HERTZ);
    Optional<String> out = arguments.option("--out");
    arguments.end();
    Optional<Path> directory = out.isPresent() ? out.map(Path::of) : run;
    if (directory.isEmpty() || !directory.get().isAbsolute()) {
      throw new UsageException("--out must be an absolute path, as the master writes there");
    }
    Optional<PhpStacks> service = stacks.get();
    if (service.isEmpty()) {
      return absent();
    }
    try {
      Profile profile = service.get().profile(pool, Duration.ofSeconds(seconds), hertz);
      return profile.samples() == 0 && !profile.note().isEmpty()
          ? Reply.failed(profile.note())
          : Reply.ok(summary(profile) + write(profile, directory.get(), pool));
    } catch (IllegalArgumentException | IllegalStateException e) {
      return Reply.failed(e.getMessage());
    } catch (IOException e) {
      return Reply.failed("unable to write to " + directory.get() + ": " + e);
    }
  }

  private static String summary(Profile profile) {
    return "%d samples of running PHP code, %d of idle workers, %d lost, %d late, %.0f us each\n"
            .formatted(
                profile.samples(),
                profile.idle(),
                profile.lost(),
                profile.late(),
                profile.readMicros())
        + (profile.note().isEmpty() ? "" : profile.note() + "\n");
  }

  /** Writes both files, which nobody else may read, and returns their names as lines. */
  private static String write(Profile profile, Path directory, String pool) throws IOException {
    String name =
        "profile-"
            + pool.replaceAll("[^A-Za-z0-9._-]", "_")
            + "-"
            + "%1$tY%1$tm%1$td-%1$tH%1$tM%1$tS"
                .formatted(LocalDateTime.now(ZoneId.systemDefault()));
    Path folded = write(directory.resolve(name + ".folded"), profile.folded());
    Path graph = write(directory.resolve(name + ".svg"), profile.svg());
    return folded + "\n" + graph + "\n";
  }

  private static Path write(Path file, String text) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, text, StandardCharsets.UTF_8, StandardOpenOption.WRITE);
  }

  private static Reply absent() {
    return Reply.failed("the bundle php-stack is not there");
  }
}
