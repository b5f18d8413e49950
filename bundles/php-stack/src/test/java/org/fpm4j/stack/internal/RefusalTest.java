package org.fpm4j.stack.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusalTest {

  private static final String NO_CAPABILITY = "0000000000000000";

  @TempDir Path proc;

  private int uid;

  @BeforeEach
  void makeProc() throws IOException {
    uid = (Integer) Files.getAttribute(proc, "unix:uid");
    Files.createDirectories(proc.resolve("sys/kernel/yama"));
    Files.writeString(proc.resolve("sys/kernel/yama/ptrace_scope"), "1\n");
    process("self", uid, NO_CAPABILITY);
  }

  private void process(String name, int user, String capabilities) throws IOException {
    Path directory = Files.createDirectories(proc.resolve(name));
    Files.writeString(
        directory.resolve("status"),
        "Name:\tphp-cgi\nUid:\t%1$d\t%1$d\t%1$d\t%1$d\nCapEff:\t%2$s\n"
            .formatted(user, capabilities));
  }

  private String explain() {
    return new Refusal(proc).explain(7, new AccessDeniedException("/proc/7/mem")).getMessage();
  }

  private void assertExplained(String part) {
    String line = explain();
    assertTrue(
        line.startsWith("no PHP stack: the kernel does not let the master read process 7: "));
    assertTrue(line.contains(part), line);
  }

  @Test
  void anotherUsersWorkerNeedsTheCapability() throws IOException {
    process("7", uid + 1, NO_CAPABILITY);
    assertExplained("CAP_SYS_PTRACE for the master would allow it");
  }

  @Test
  void yamaIsNamedForTheSameUsersWorker() throws IOException {
    process("7", uid, NO_CAPABILITY);
    assertExplained("kernel.yama.ptrace_scope = 1 forbids it");
  }

  @Test
  void withTheCapabilitySomethingElseStandsInTheWay() throws IOException {
    process("self", uid, "0000000000080000");
    process("7", uid + 1, NO_CAPABILITY);
    assertExplained("a security module");
  }

  @Test
  void processThatHasGoneHasEnded() throws IOException {
    assertEquals("no PHP stack: process 7 has ended", explain());
    process("7", uid, NO_CAPABILITY);
    assertEquals(
        "no PHP stack: process 7 has ended",
        new Refusal(proc).explain(7, new NoSuchFileException("/proc/7/mem")).getMessage());
  }
}
