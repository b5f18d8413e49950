package org.fpm4j.supervision.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.fpm4j.event.testing.ManualEventLoop;
import org.fpm4j.log.Log;
import org.fpm4j.log.LogLevel;
import org.fpm4j.process.MasterState;
import org.fpm4j.process.ProcessEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MasterReporterTest {

  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final String READY =
      "READY=1\nSTATUS=Ready to handle connections\nMAINPID=" + FakeManager.PID;

  @TempDir private Path directory;
  private final ManualEventLoop loop = new ManualEventLoop();
  private final FakeManager manager = new FakeManager();
  private final List<String> warnings = new ArrayList<>();
  private Path path;
  private NotifySocket socket;
  private ServiceManagerSocket serviceManager;
  private MasterReporter reporter;

  @BeforeEach
  void makeSocketAndReporter() throws IOException {
    path = directory.resolve("notify");
    socket = new NotifySocket(UnixDomainSocketAddress.of(path));
    serviceManager = new ServiceManagerSocket(UnixDomainSocketAddress.of(path));
    reporter = reporter(Duration.ZERO);
  }

  @AfterEach
  void closeSocket() {
    serviceManager.close();
  }

  private MasterReporter reporter(Duration watchdog) {
    Log log =
        new Log() {
          @Override
          public void write(LogLevel level, String text) {
            warnings.add(level + ": " + text);
          }

          @Override
          public boolean isEnabled(LogLevel level) {
            return true;
          }
        };
    return new MasterReporter(loop, manager, new StateReports(socket, loop, log), watchdog);
  }

  private void tell(ProcessEvent.Type type) {
    reporter.onEvent(new ProcessEvent(type, "", 0, "", 0));
  }

  private void becomeReady() throws IOException {
    manager.ready = true;
    tell(ProcessEvent.Type.MASTER_READY);
    assertEquals(List.of(READY), serviceManager.messages());
  }

  @Test
  void saysReadyOnceWhenTheMasterIs() throws IOException {
    reporter.start();
    assertEquals(List.of(), serviceManager.messages());
    becomeReady();
    tell(ProcessEvent.Type.MASTER_READY);
    assertEquals(List.of(), serviceManager.messages());
  }

  @Test
  void saysReadyAtItsStartWhenTheMasterWasBefore() throws IOException {
    manager.ready = true;
    reporter.start();
    assertEquals(List.of(READY), serviceManager.messages());
  }

  @Test
  void reportsPhpFpmsStatusLineOfAllPoolsEveryInterval() throws IOException {
    reporter.configure(INTERVAL, Duration.ZERO);
    manager.acceptedByEach = 100;
    becomeReady();
    manager.acceptedByEach = 112;
    loop.advance(INTERVAL);
    loop.advance(INTERVAL);
    assertEquals(
        List.of(
            "READY=1\nSTATUS=Processes active: 4, idle: 6, Requests: 224, slow: 8, Traffic:"
                + " 2.40req/sec",
            "READY=1\nSTATUS=Processes active: 4, idle: 6, Requests: 224, slow: 8, Traffic:"
                + " 0.00req/sec"),
        serviceManager.messages());
  }

  @Test
  void intervalOfZeroMeansNoStatus() throws IOException {
    reporter.configure(INTERVAL, Duration.ZERO);
    becomeReady();
    reporter.configure(Duration.ZERO, Duration.ZERO);
    loop.advance(INTERVAL.multipliedBy(3));
    assertEquals(List.of(), serviceManager.messages());
  }

  @Test
  void reloadBeginsWithTheTimeAndEndsWithReady() throws IOException {
    becomeReady();
    loop.advance(Duration.ofMillis(1234));
    tell(ProcessEvent.Type.MASTER_RELOADING);
    tell(ProcessEvent.Type.MASTER_RELOADED);
    assertEquals(
        List.of("RELOADING=1\nMONOTONIC_USEC=1234000", "READY=1"), serviceManager.messages());
  }

  @Test
  void overlappingReloadsAreReadyWhenTheLastEnds() throws IOException {
    reporter.configure(INTERVAL, Duration.ZERO);
    becomeReady();
    tell(ProcessEvent.Type.MASTER_RELOADING);
    tell(ProcessEvent.Type.MASTER_RELOADING);
    tell(ProcessEvent.Type.MASTER_RELOADED);
    assertEquals(2, serviceManager.messages().size());
    loop.advance(INTERVAL);
    String status = serviceManager.messages().get(0);
    assertTrue(status.startsWith("STATUS=Processes active"), status);
    tell(ProcessEvent.Type.MASTER_RELOADED);
    assertEquals(List.of("READY=1"), serviceManager.messages());
  }

  @Test
  void gracefulStopAsksForTheTimeItMayTake() throws IOException {
    reporter.configure(INTERVAL, Duration.ofMinutes(2));
    becomeReady();
    manager.state = MasterState.FINISHING;
    tell(ProcessEvent.Type.MASTER_STOPPING);
    loop.advance(INTERVAL);
    manager.state = MasterState.TERMINATING;
    tell(ProcessEvent.Type.MASTER_STOPPING);
    assertEquals(
        List.of(
            "STOPPING=1\nSTATUS=Finishing\nEXTEND_TIMEOUT_USEC=125000000",
            "STOPPING=1\nSTATUS=Terminating"),
        serviceManager.messages());
  }

  @Test
  void reloadEndedByAStopIsNoReadiness() throws IOException {
    becomeReady();
    tell(ProcessEvent.Type.MASTER_RELOADING);
    manager.state = MasterState.FINISHING;
    tell(ProcessEvent.Type.MASTER_STOPPING);
    tell(ProcessEvent.Type.MASTER_RELOADED);
    List<String> messages = serviceManager.messages();
    assertEquals("STOPPING=1\nSTATUS=Finishing", messages.get(messages.size() - 1));
  }

  @Test
  void feedsTheWatchdogFromTheEventLoopUntilClosed() throws IOException {
    reporter = reporter(Duration.ofSeconds(5));
    reporter.start();
    loop.advance(Duration.ofSeconds(11));
    assertEquals(List.of("WATCHDOG=1", "WATCHDOG=1"), serviceManager.messages());
    reporter.close();
    loop.advance(Duration.ofSeconds(11));
    assertEquals(List.of(), serviceManager.messages());
  }

  @Test
  void stateWaitsInOrderForAFullQueueAndTheRestIsDropped() throws IOException {
    reporter = reporter(Duration.ofSeconds(5));
    reporter.start();
    int fill = 0;
    while (socket.send("X=1")) {
      fill++;
    }
    manager.ready = true;
    tell(ProcessEvent.Type.MASTER_READY);
    tell(ProcessEvent.Type.MASTER_RELOADING);
    loop.advance(Duration.ofSeconds(6));
    assertEquals(fill, serviceManager.messages().size());
    loop.advance(Duration.ofMillis(100));
    assertEquals(List.of(READY, "RELOADING=1\nMONOTONIC_USEC=0"), serviceManager.messages());
    assertEquals(List.of(), warnings);
  }

  @Test
  void socketThatIsGoneIsLoggedOnceAndUsedAgainWhenItIsBack() throws IOException {
    reporter = reporter(Duration.ofSeconds(5));
    reporter.start();
    serviceManager.close();
    Files.delete(path);
    loop.advance(Duration.ofSeconds(20));
    assertEquals(1, warnings.size());
    assertTrue(
        warnings.get(0).startsWith("WARNING: the service manager cannot be notified: connect("),
        warnings.get(0));
    serviceManager = new ServiceManagerSocket(UnixDomainSocketAddress.of(path));
    loop.advance(Duration.ofSeconds(5));
    assertEquals(List.of("WATCHDOG=1"), serviceManager.messages());
  }
}
