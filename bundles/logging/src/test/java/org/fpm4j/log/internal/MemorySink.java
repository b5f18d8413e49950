package org.fpm4j.log.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Keeps lines; holds the writer thread until opened, and fails while told to. */
final class MemorySink implements LineSink {

  final CountDownLatch gate;
  final CountDownLatch reached = new CountDownLatch(1);
  volatile boolean failing;
  private final List<String> lines = new ArrayList<>();

  private MemorySink(CountDownLatch gate) {
    this.gate = gate;
  }

  static MemorySink open() {
    return new MemorySink(new CountDownLatch(0));
  }

  /** A sink that blocks like a full pipe until {@link #gate} is counted down. */
  static MemorySink blocked() {
    return new MemorySink(new CountDownLatch(1));
  }

  @Override
  public void write(byte[] line) throws IOException {
    reached.countDown();
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    if (failing) {
      throw new IOException("No space left on device");
    }
    synchronized (lines) {
      lines.add(new String(line, UTF_8));
    }
  }

  List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  @Override
  public void close() {}
}
