package org.fpm4j.event.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fpm4j.posix.Processes;
import org.fpm4j.posix.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Signals sent to a JVM that was started as the launcher starts the master. */
@Timeout(120)
class SignalDeliveryTest {
  private static Process startProbe() throws IOException {
    return new ProcessBuilder(
            "env",
            "--block-signal=QUIT,TERM,HUP,INT,USR1,USR2,CHLD",
            "_JAVA_SR_SIGNUM=35",
            System.getProperty("java.home") + "/bin/java",
            "-Xrs",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            SignalProbe.class.getName())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Waits until the process blocks a signal; before, the signal would end it. */
  private static void awaitBlocked(int pid, Signal signal) throws IOException {
    Pattern mask = Pattern.compile("SigBlk:\\s*([0-9a-f]+)\n");
    Matcher blocked;
    do {
      blocked = mask.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
      assertTrue(blocked.find(), "the program lives");
    } while ((Long.parseUnsignedLong(blocked.group(1), 16) >> (signal.number() - 1) & 1) == 0);
  }

  @Test
  void everySignalArrivesWithItsSender() throws Exception {
    Process probe = startProbe();
    int pid = (int) probe.pid();
    awaitBlocked(pid, Signal.SIGTERM);
    // Sent before the JVM is up: it waits and is delivered once the loop listens.
    Processes.kill(pid, Signal.SIGTERM);
    try (BufferedReader output = probe.inputReader()) {
      assertEquals("available true", output.readLine());
      String first = output.readLine();
      String second = output.readLine();
      String early = Signal.SIGTERM + " " + Processes.pid();
      // The early one is delivered by the loop while the program still starts.
      assertTrue(List.of(first, second).contains("ready " + pid), first + ", " + second);
      assertTrue(List.of(first, second).contains(early), first + ", " + second);
      for (Signal signal :
          List.of(
              Signal.SIGINT,
              Signal.SIGQUIT,
              Signal.SIGHUP,
              Signal.SIGUSR1,
              Signal.SIGUSR2,
              Signal.SIGCHLD,
              Signal.SIGTERM)) {
        assertTrue(Processes.kill(pid, signal));
        assertEquals(signal + " " + Processes.pid(), output.readLine());
      }
    }
    assertEquals(0, probe.waitFor());
  }
}
