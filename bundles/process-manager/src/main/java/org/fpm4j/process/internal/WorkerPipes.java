package org.fpm4j.process.internal;

import java.util.List;
import java.util.Optional;
import org.fpm4j.event.EventLoop;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.PosixException;

/** Makes the captures of a pool's processes ({@code catch_workers_output}). Event loop only. */
record WorkerPipes(EventLoop loop, ErrorLog log, String pool, boolean decorated) {

  /**
   * Takes over the read ends of a process's standard output and error.
   *
   * @return empty if they cannot be watched, which is logged; they are closed then
   */
  Optional<OutputCapture> capture(int pid, List<Descriptor> pipes) {
    try {
      return Optional.of(new OutputCapture(loop, log.workerOutput(pool, pid, decorated), pipes));
    } catch (PosixException e) {
      log.pool(pool).error("output of %d is not caught: %s", pid, e.getMessage());
      pipes.forEach(Descriptor::close);
      return Optional.empty();
    }
  }
}
