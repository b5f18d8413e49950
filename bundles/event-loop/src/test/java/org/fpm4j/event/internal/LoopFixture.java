package org.fpm4j.event.internal;

import java.io.IOException;
import java.util.stream.Stream;
import org.fpm4j.event.EventLoops;
import org.fpm4j.posix.Pollers;
import org.junit.jupiter.api.AfterEach;

/** A loop for each test, ended after it; mechanisms are the parameter of most. */
abstract class LoopFixture {
  EventLoops.Running loop;

  static Stream<String> mechanisms() {
    return Pollers.mechanisms().stream();
  }

  final void start(String mechanism) throws IOException {
    loop = EventLoops.start(mechanism, "test-loop");
  }

  @AfterEach
  final void end() {
    if (loop != null) {
      loop.close();
    }
  }

  interface Action {
    void run() throws Exception;
  }

  /** Runs on the loop's thread and waits for it. */
  final void inLoop(Action action) throws Exception {
    loop.submit(
            () -> {
              action.run();
              return null;
            })
        .get();
  }
}
