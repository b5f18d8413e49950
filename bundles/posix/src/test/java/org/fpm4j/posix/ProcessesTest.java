package org.fpm4j.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.fpm4j.posix.Program.Group;
import org.junit.jupiter.api.Test;

class ProcessesTest {
  /** A pid beyond the kernel's largest pid_max. */
  private static final int NOBODY = 4_194_305;

  private static int sleeper(List<Descriptor> descriptors) throws Exception {
    Program program =
        new Program(Path.of("/bin/sleep"), List.of("sleep", "60"), Map.of(), null, Group.INHERITED);
    return Spawn.start(program, descriptors);
  }

  @Test
  void knowsThisProcess() {
    assertEquals(ProcessHandle.current().pid(), Processes.pid());
    assertTrue(Processes.exists(Processes.pid()));
    assertEquals(Processes.uid(), Processes.effectiveUid());
  }

  @Test
  void followsAChildFromStartToEnd() throws Exception {
    int pid = sleeper(List.of());
    try (Descriptor process = Processes.open(pid);
        Poller poller = Pollers.open("epoll")) {
      poller.add(process, Poller.READ);
      assertEquals(0, poller.await(0));
      assertEquals(Optional.empty(), Processes.poll(pid));
      assertTrue(Processes.startTicks(pid) >= Processes.startTicks(Processes.pid()));
      assertTrue(Processes.kill(pid, Signal.SIGTERM));
      assertEquals(1, poller.await(60_000_000_000L));
      assertEquals(OptionalInt.of(pid), Processes.endedChild());
      ExitStatus status = Processes.poll(pid).orElseThrow();
      assertEquals("exited on signal 15 (SIGTERM)", status.toString());
    }
    assertEquals(OptionalInt.empty(), Processes.endedChild());
    assertFalse(Processes.exists(pid));
    assertFalse(Processes.kill(pid, Signal.SIGTERM));
    PosixException noChild = assertThrows(PosixException.class, () -> Processes.poll(pid));
    assertEquals(Errno.ECHILD, noChild.errno());
    assertEquals(-1, Processes.startTicks(pid));
    assertEquals(Optional.empty(), Processes.memory(pid));
  }

  @Test
  void copiesADescriptorOfAProcessItMayTrace() throws Exception {
    try (Descriptor process = Processes.open(Processes.pid());
        Descriptor socket = Sockets.open(Sockets.Family.UNIX, Sockets.Type.STREAM);
        Descriptor copy = Processes.copyDescriptor(process, socket.number())) {
      assertNotEquals(socket.number(), copy.number());
      assertEquals(link(socket), link(copy));
      PosixException none =
          assertThrows(
              PosixException.class, () -> Processes.copyDescriptor(process, Integer.MAX_VALUE));
      assertEquals(Errno.EBADF, none.errno());
    }
  }

  private static Path link(Descriptor descriptor) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor.number()));
  }

  @Test
  void refusesPidsThatMeanMoreThanOneProcess() {
    assertThrows(IllegalArgumentException.class, () -> Processes.kill(0, Signal.SIGTERM));
    assertThrows(IllegalArgumentException.class, () -> Processes.kill(-1, Signal.SIGTERM));
    assertThrows(IllegalArgumentException.class, () -> Processes.poll(-1));
  }

  @Test
  void pidOfNobodyHasNoDescriptor() {
    PosixException refused = assertThrows(PosixException.class, () -> Processes.open(NOBODY));
    assertTrue(
        refused.errno() == Errno.ESRCH || refused.errno() == Errno.EINVAL, refused.toString());
  }

  @Test
  void readsMemoryOfThisProcess() throws Exception {
    Processes.Memory memory = Processes.memory(Processes.pid()).orElseThrow();
    assertTrue(memory.proportionalBytes() > 1_000_000, memory.toString());
    assertTrue(memory.residentBytes() >= memory.proportionalBytes(), memory.toString());
  }

  @Test
  void setsTheLimitOnOpenFiles() throws Exception {
    Processes.Limit before = Processes.openFilesLimit();
    Processes.Limit lower = new Processes.Limit(before.soft() - 1, before.hard());
    Processes.openFilesLimit(lower);
    assertEquals(lower, Processes.openFilesLimit());
    Processes.openFilesLimit(before);
    assertEquals(before, Processes.openFilesLimit());
  }

  @Test
  void umaskGivesTheFormerOneBack() {
    int before = Processes.umask(0077);
    assertEquals(0077, Processes.umask(before));
  }

  @Test
  void setsTheNiceValueOfAChild() throws Exception {
    int pid = sleeper(List.of());
    Processes.nice(pid, 7);
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    assertEquals("7", stat.substring(stat.indexOf(')') + 2).split(" ", -1)[16]);
    Processes.kill(pid, Signal.SIGKILL);
    SpawnTest.awaitExit(pid);
  }

  @Test
  void adoptsOrphans() throws Exception {
    Processes.adoptOrphans(true);
    try {
      Descriptor.Pipe pipe = Descriptor.pipe();
      Program program =
          new Program(
              Path.of("/bin/sh"),
              List.of("sh", "-c", "sleep 60 & echo $!"),
              Map.of("PATH", "/bin"),
              null,
              Group.INHERITED);
      int parent = Spawn.start(program, List.of(pipe.read(), pipe.write()));
      SpawnTest.awaitExit(parent);
      java.nio.ByteBuffer bytes = java.nio.ByteBuffer.allocate(32);
      pipe.read().read(bytes);
      int orphan =
          Integer.parseInt(
              java.nio.charset.StandardCharsets.US_ASCII.decode(bytes.flip()).toString().strip());
      Processes.kill(orphan, Signal.SIGKILL);
      assertEquals("exited on signal 9 (SIGKILL)", SpawnTest.awaitExit(orphan).toString());
      pipe.read().close();
      pipe.write().close();
    } finally {
      Processes.adoptOrphans(false);
    }
  }
}
