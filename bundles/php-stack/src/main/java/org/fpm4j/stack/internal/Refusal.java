package org.fpm4j.stack.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Says why the kernel lets the master not read a worker, and what would allow it (ptrace(2),
 * "Ptrace access mode checking"). Any thread.
 */
final class Refusal {

  private static final int CAP_SYS_PTRACE = 19;

  private final Path proc;

  /**
   * @param proc where the proc file system is mounted
   */
  Refusal(Path proc) {
    this.proc = proc;
  }

  /** Returns why a file of a process could not be opened, in one line. */
  NoPhpStackException explain(int pid, IOException failure) {
    try {
      Path process = proc.resolve(Integer.toString(pid));
      if (failure instanceof NoSuchFileException || !Files.exists(process)) {
        return NoPhpStackException.ended(pid);
      }
      return new NoPhpStackException(
          "no PHP stack: the kernel does not let the master read process %d: %s"
              .formatted(pid, cause(process)));
    } catch (IOException ended) {
      return NoPhpStackException.ended(pid);
    }
  }

  private String cause(Path process) throws IOException {
    List<String> own = Files.readAllLines(proc.resolve("self/status"));
    boolean capable = ((Long.parseLong(field(own, "CapEff"), 16) >> CAP_SYS_PTRACE) & 1) != 0;
    if (capable) {
      return "although it has CAP_SYS_PTRACE; a security module, a hidepid mount of /proc or"
          + " another user namespace stands in the way";
    }
    String uid = field(Files.readAllLines(process.resolve("status")), "Uid");
    if (!field(own, "Uid").equals(uid)) {
      return "it runs as another user; CAP_SYS_PTRACE for the master would allow it"
          + " (in a container: --cap-add SYS_PTRACE)";
    }
    String owner = Files.getAttribute(process, "unix:uid").toString();
    if (!uid.startsWith(owner + "\t")) {
      return "it is not dumpable; process.dumpable = yes would allow it, or CAP_SYS_PTRACE for"
          + " the master";
    }
    return "kernel.yama.ptrace_scope = "
        + yama()
        + " forbids it; 0 would allow it, or"
        + " CAP_SYS_PTRACE for the master";
  }

  private String yama() {
    try {
      return Files.readString(proc.resolve("sys/kernel/yama/ptrace_scope")).strip();
    } catch (IOException e) {
      return "?";
    }
  }

  private static String field(List<String> status, String name) {
    return status.stream()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("0");
  }
}
