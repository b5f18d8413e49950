package org.fpm4j.process.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.fpm4j.log.Log;
import org.fpm4j.posix.PosixException;

/** The access log threads of all pools, so that their end can be awaited. Any thread. */
final class AccessWriters {

  private final List<AccessWriter> ending = new ArrayList<>();

  /** Starts one; as {@link AccessWriter}. */
  AccessWriter start(String pool, Log log, AccessWriter.Target target, AtomicLong lost)
      throws PosixException {
    return new AccessWriter(pool, log, target, lost);
  }

  /** Tells one to end. */
  synchronized void end(AccessWriter writer) {
    ending.removeIf(AccessWriter::hasEnded);
    ending.add(writer);
    writer.end();
  }

  /** Waits until all that were told to have ended, at most so long. */
  synchronized void awaitEnd(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    for (AccessWriter writer : ending) {
      writer.awaitEnd(deadline - System.nanoTime());
    }
  }
}
