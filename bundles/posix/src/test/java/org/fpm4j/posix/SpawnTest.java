package org.fpm4j.posix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.fpm4j.posix.Program.Group;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpawnTest {
  private static final Path SHELL = Path.of("/bin/sh");
  @TempDir Path directory;

  private static Program shell(String script) {
    return new Program(SHELL, List.of("sh", "-c", script), Map.of(), null, Group.INHERITED);
  }

  /** Runs a program with these descriptors from 1 on, and returns what it wrote to the pipe. */
  private static String output(Program program, Descriptor.Pipe pipe, List<Descriptor> descriptors)
      throws IOException {
    int pid = Spawn.start(program, descriptors);
    pipe.write().close();
    ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);
    while (pipe.read().read(bytes) > 0) {
      // Until the child has closed its end.
    }
    pipe.read().close();
    assertEquals(0, awaitExit(pid).code());
    return UTF_8.decode(bytes.flip()).toString();
  }

  private static String output(Program program) throws IOException {
    Descriptor.Pipe pipe = Descriptor.pipe();
    try (Descriptor nothing = Descriptor.ofNull()) {
      return output(program, pipe, List.of(nothing, pipe.write(), pipe.write()));
    }
  }

  static ExitStatus awaitExit(int pid) throws IOException {
    try (Descriptor process = Processes.open(pid);
        Poller poller = Pollers.open("poll")) {
      poller.add(process, Poller.READ);
      assertEquals(1, poller.await(60_000_000_000L), "the child ends within 60 s");
    }
    return Processes.poll(pid).orElseThrow();
  }

  @Test
  void childHasExactlyTheDescriptorsGiven() throws Exception {
    String listing =
        output(
            new Program(
                Path.of("/bin/ls"),
                List.of("ls", "/proc/self/fd"),
                Map.of(),
                null,
                Group.INHERITED));
    // 3 is the directory that ls reads.
    assertEquals(List.of("0", "1", "2", "3"), listing.lines().toList());
  }

  @Test
  void everyPermutationOfDescriptorsIsPossible() throws Exception {
    List<Descriptor> files = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      files.add(SharedFile.create(directory.resolve("file" + i), 0));
    }
    Descriptor.Pipe pipe = Descriptor.pipe();
    int highest = pipe.write().number();
    List<Descriptor> mapping = new ArrayList<>();
    for (int target = 0; target <= highest; target++) {
      mapping.add(pipe.write());
    }
    // Each file sits on the target number of another one, in a ring.
    for (int i = 0; i < files.size(); i++) {
      int target = files.get((i + 1) % files.size()).number();
      mapping.set(target, files.get(i));
    }
    mapping.set(1, pipe.write());
    StringBuilder script = new StringBuilder();
    for (Descriptor file : files) {
      script.append("readlink /proc/self/fd/").append(file.number()).append(";");
    }
    List<String> links = output(shell(script.toString()), pipe, mapping).lines().toList();
    for (int i = 0; i < files.size(); i++) {
      assertEquals(directory.resolve("file" + i).toString(), links.get((i + 1) % files.size()));
    }
    files.forEach(Descriptor::close);
  }

  @Test
  void signalsAreUnblockedAndDefaultInTheChild() throws Exception {
    String status =
        output(
            new Program(
                Path.of("/bin/cat"),
                List.of("cat", "/proc/self/status"),
                Map.of(),
                null,
                Group.INHERITED));
    assertTrue(status.contains("SigBlk:\t0000000000000000\n"), status);
    assertTrue(status.contains("SigIgn:\t0000000000000000\n"), status);
  }

  @Test
  void environmentIsTheOneGivenAndNoMore() throws Exception {
    Program program =
        new Program(
            Path.of("/usr/bin/env"),
            List.of("env"),
            Map.of("A", "1", "B", "zwei=ü"),
            null,
            Group.INHERITED);
    assertEquals(
        new TreeSet<>(List.of("A=1", "B=zwei=ü")), new TreeSet<>(output(program).lines().toList()));
  }

  @Test
  void largeEnvironmentArrivesWhole() throws Exception {
    String value = "x".repeat(100_000);
    Program program =
        new Program(
            SHELL,
            List.of("sh", "-c", "echo ${#BIG}"),
            Map.of("BIG", value),
            null,
            Group.INHERITED);
    assertEquals("100000\n", output(program));
  }

  @Test
  void childStartsInItsDirectory() throws Exception {
    Program program =
        new Program(SHELL, List.of("sh", "-c", "pwd"), Map.of(), directory, Group.INHERITED);
    assertEquals(directory + "\n", output(program));
  }

  @Test
  void childCanHaveAGroupOfItsOwn() throws Exception {
    String script = "read pid rest < /proc/self/stat; cut -d' ' -f1,5 /proc/$$/stat; echo $pid";
    for (Group group : Group.values()) {
      Program program =
          new Program(SHELL, List.of("sh", "-c", script), Map.of("PATH", "/bin"), null, group);
      String[] ids = output(program).lines().findFirst().orElseThrow().split(" ", -1);
      assertEquals(group == Group.OWN_GROUP, ids[0].equals(ids[1]), group.name());
    }
  }

  @Test
  void saysWhyAProgramCannotRun() throws Exception {
    Path missing = directory.resolve("missing");
    Path notExecutable = Files.createFile(directory.resolve("plain"));
    assertEquals(Errno.ENOENT, refusal(missing, null).errno());
    assertEquals(Errno.EACCES, refusal(notExecutable, null).errno());
    assertEquals(
        "posix_spawn(/bin/sh in " + missing + "): No such file or directory (2)",
        refusal(SHELL, missing).getMessage());
  }

  private static PosixException refusal(Path path, Path directory) {
    Program program = new Program(path, List.of("x"), Map.of(), directory, Group.INHERITED);
    return assertThrows(PosixException.class, () -> Spawn.start(program, List.of()));
  }

  @Test
  void refusesARelativePathAndABrokenVariable() {
    Path relative = Path.of("sh");
    assertThrows(
        IllegalArgumentException.class,
        () -> new Program(relative, List.of("sh"), Map.of(), null, Group.INHERITED));
    Map<String, String> broken = Map.of("A=B", "");
    assertThrows(
        IllegalArgumentException.class,
        () -> new Program(SHELL, List.of("sh"), broken, null, Group.INHERITED));
    Program nul = shell("echo \0");
    assertThrows(IllegalArgumentException.class, () -> Spawn.start(nul, List.of()));
  }

  @Test
  void leaksNoDescriptorAlsoWhenRefused() throws Exception {
    output(shell("exit 0"));
    var before = OpenDescriptors.now();
    output(shell("exit 0"));
    refusal(Path.of("/nowhere"), null);
    assertEquals(before, OpenDescriptors.now());
  }

  @Test
  void quitEndsAChildAlthoughTheJvmBlocksIt() throws Exception {
    int pid = Spawn.start(shell("while :; do read x; done"), List.of(Descriptor.pipe().read()));
    assertNotEquals(0, pid);
    assertTrue(Processes.kill(pid, Signal.SIGQUIT));
    ExitStatus status = awaitExit(pid);
    assertEquals(Signal.SIGQUIT.number(), status.signal());
    assertFalse(status.exited());
  }
}
