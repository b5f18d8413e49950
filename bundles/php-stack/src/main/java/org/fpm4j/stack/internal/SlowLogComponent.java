package org.fpm4j.stack.internal;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.log.LogLevel;
import org.fpm4j.process.SlowRequest;
import org.fpm4j.process.SlowRequestListener;
import org.fpm4j.stack.PhpStack;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Writes the stacks of slow requests to their pools' slow logs. Made at the first slow request.
 * Called by the process manager's thread for slow requests.
 */
@Component
public final class SlowLogComponent implements SlowRequestListener {

  /** Beyond the frames shown, to find the PHP code that called the last of them. */
  private static final int FRAMES_BEYOND = 32;

  private static final int MOST_FRAMES = 10_000;

  private final ErrorLog log;
  private final StackReader reader = new StackReader();
  private final Map<Path, SlowLogFile> files = new HashMap<>();

  /** Called by Declarative Services. */
  @Activate
  public SlowLogComponent(@Reference ErrorLog log) {
    this.log = log;
  }

  @Override
  public void onSlowRequest(SlowRequest request) {
    log.notice("about to trace %d", request.pid());
    int most = Math.min(request.traceDepth(), MOST_FRAMES) + FRAMES_BEYOND;
    PhpStack stack = reader.read(request.pid(), most);
    if (stack.frames().isEmpty() && !stack.note().isEmpty()) {
      log.warning("[pool %s] child %d: %s", request.pool(), request.pid(), stack.note());
    }
    boolean exact = log.isEnabled(LogLevel.DEBUG);
    file(request.slowlog())
        .append(
            SlowLogEntry.text(request, stack, LocalDateTime.now(ZoneId.systemDefault()), exact),
            () -> log.notice("finished trace of %d", request.pid()));
  }

  private synchronized SlowLogFile file(Path path) {
    return files.computeIfAbsent(path, wanted -> new SlowLogFile(wanted, log));
  }

  @Deactivate
  synchronized void deactivate() {
    files.values().forEach(SlowLogFile::close);
  }
}
