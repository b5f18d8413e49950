package org.fpm4j.command.internal;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.fpm4j.log.Json;
import org.fpm4j.process.ProcessEvent;
import org.fpm4j.process.ProcessListener;
import org.fpm4j.process.ProcessManager;

/**
 * The command that follows events, from when it is given until the client goes. Any thread; the
 * event loop's only fills a queue.
 */
final class Events {

  private static final int QUEUE = 4096;
  private static final long LOOK_MS = 250;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);

  private final ProcessManager manager;
  private final Listeners listeners;

  Events(ProcessManager manager, Listeners listeners) {
    this.manager = manager;
    this.listeners = listeners;
  }

  List<Command> commands() {
    return List.of(
        new Command("events", "[POOL] [--json]", "what happens, until ctrl-C", this::events));
  }

  private Reply events(Arguments arguments) throws UsageException {
    boolean json = arguments.flag("--json");
    Optional<String> pool = arguments.next();
    arguments.end();
    if (pool.isPresent() && manager.pool(pool.get()).isEmpty()) {
      return Reply.failed("no pool '" + pool.get() + "'");
    }
    return Reply.following(sink -> follow(sink, pool.orElse(""), json));
  }

  private void follow(Reply.Sink sink, String pool, boolean json)
      throws IOException, InterruptedException {
    Heard heard = new Heard(pool);
    Runnable end = listeners.add(heard);
    try {
      while (sink.isOpen()) {
        Heard.Told told = heard.queue.poll(LOOK_MS, TimeUnit.MILLISECONDS);
        long lost = told == null ? heard.lost.getAndSet(0) : told.lostBefore();
        if (lost > 0) {
          sink.write(json ? Json.of(Map.of("lost", lost)) + "\n" : lost + " events lost\n");
        }
        if (told != null) {
          sink.write(json ? json(told.event()) : text(told.event()));
        }
      }
    } finally {
      end.run();
    }
  }

  private static String text(ProcessEvent event) {
    String when = TIME.format(Instant.ofEpochMilli(event.epochMs()).atZone(ZoneId.systemDefault()));
    String whose = event.pool().isEmpty() ? "master" : event.pool();
    return "%s  %-22s  %-10s  %s%n"
        .formatted(when, event.type().dotted(), whose, Table.harmless(event.text()));
  }

  private static String json(ProcessEvent event) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", "org.fpm4j." + event.type().dotted());
    members.put("epochMs", event.epochMs());
    members.put("pool", event.pool());
    members.put("pid", event.pid());
    members.put("text", event.text());
    return Json.of(members) + "\n";
  }

  /** What one client has not been told yet; what does not fit is counted. */
  private static final class Heard implements ProcessListener {

    /** An event, and how many between it and the one queued before were lost. */
    private record Told(ProcessEvent event, long lostBefore) {}

    private final BlockingQueue<Told> queue = new ArrayBlockingQueue<>(QUEUE);

    /** Since the last event that was queued. */
    private final AtomicLong lost = new AtomicLong();

    private final String pool;

    Heard(String pool) {
      this.pool = pool;
    }

    @Override
    public void onEvent(ProcessEvent event) {
      if (pool.isEmpty() || pool.equals(event.pool())) {
        long before = lost.getAndSet(0);
        if (!queue.offer(new Told(event, before))) {
          lost.addAndGet(before + 1);
        }
      }
    }
  }
}
