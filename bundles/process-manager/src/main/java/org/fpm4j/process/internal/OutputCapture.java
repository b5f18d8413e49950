package org.fpm4j.process.internal;

import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.List;
import org.fpm4j.event.EventLoop;
import org.fpm4j.event.Interest;
import org.fpm4j.event.Mode;
import org.fpm4j.event.Registration;
import org.fpm4j.log.WorkerOutput;
import org.fpm4j.log.WorkerOutput.Stream;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.PosixException;

/** Reads the pipes of one process's standard output and error into the error log. Event loop. */
final class OutputCapture implements AutoCloseable {

  private static final int BUFFER_BYTES = 8192;

  /** More than a pipe holds; a child of the worker may still write, and is not waited for. */
  private static final int DRAIN_READS = 16;

  private final WorkerOutput output;
  private final Pipe standardOutput;
  private final Pipe standardError;

  /**
   * Takes over the read ends.
   *
   * @param pipes of standard output and standard error, in this order
   */
  OutputCapture(EventLoop loop, WorkerOutput output, List<Descriptor> pipes) throws PosixException {
    this.output = output;
    this.standardOutput = new Pipe(loop, Stream.STDOUT, pipes.get(0));
    this.standardError = new Pipe(loop, Stream.STDERR, pipes.get(1));
  }

  private final class Pipe {
    private final Stream stream;
    private final Descriptor descriptor;
    private final Registration registration;

    Pipe(EventLoop loop, Stream stream, Descriptor descriptor) throws PosixException {
      this.stream = stream;
      this.descriptor = descriptor;
      descriptor.configureBlocking(false);
      this.registration =
          loop.watch(descriptor, EnumSet.of(Interest.READ), Mode.LEVEL, ready -> read());
    }

    /** Reads once: level-triggered, so a worker that writes without end starves nobody. */
    private void read() {
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
      try {
        int count = descriptor.read(buffer);
        if (count == Descriptor.WOULD_BLOCK) {
          return;
        }
        if (count == Descriptor.END) {
          end();
          return;
        }
        output.accept(stream, buffer.flip());
      } catch (PosixException e) {
        end();
      }
    }

    private void end() {
      if (descriptor.isOpen()) {
        registration.close();
        descriptor.close();
        output.closed(stream);
      }
    }

    private void drain() {
      for (int i = 0; i < DRAIN_READS && descriptor.isOpen(); i++) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try {
          int count = descriptor.read(buffer);
          if (count <= 0) {
            break;
          }
          output.accept(stream, buffer.flip());
        } catch (PosixException e) {
          break;
        }
      }
      end();
    }
  }

  /** Takes what is left in the pipes and closes them; after the process has gone. */
  @Override
  public void close() {
    standardOutput.drain();
    standardError.drain();
  }
}
