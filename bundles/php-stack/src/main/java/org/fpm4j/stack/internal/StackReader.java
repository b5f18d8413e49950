package org.fpm4j.stack.internal;

import java.io.IOException;
import java.nio.file.Path;
import org.fpm4j.stack.PhpStack;

/**
 * Reads PHP stacks of running processes. Never throws: what cannot be read is said in the stack's
 * note. Any thread; a stack takes some 100 µs, the first of a program some 20 ms.
 */
final class StackReader {

  /** A worker that goes on is read again, for a stack in one piece. */
  private static final int TRIES = 5;

  private final Path proc;
  private final PhpPrograms programs = new PhpPrograms();
  private final Refusal refusal;

  StackReader() {
    this(Path.of("/proc"));
  }

  StackReader(Path proc) {
    this.proc = proc;
    this.refusal = new Refusal(proc);
  }

  /**
   * Reads a process's stack.
   *
   * @param most frames, the innermost ones
   */
  PhpStack read(int pid, int most) {
    try (ProcessMemory memory = ProcessMemory.of(directory(pid))) {
      StackWalk walk = new StackWalk(new PagedMemory(memory), addresses(pid));
      PhpStack best = walk.read(most);
      for (int tries = 1; tries < TRIES && !best.note().isEmpty(); tries++) {
        PhpStack next = walk.read(most);
        if (next.note().isEmpty() || next.frames().size() > best.frames().size()) {
          best = next;
        }
      }
      return best;
    } catch (NoPhpStackException e) {
      return PhpStack.unreadable(e.getMessage());
    } catch (IOException e) {
      return PhpStack.unreadable(refusal.explain(pid, e));
    }
  }

  private Path directory(int pid) {
    return proc.resolve(Integer.toString(pid));
  }

  private PhpAddresses addresses(int pid) throws IOException, NoPhpStackException {
    Path process = directory(pid);
    return programs.of(process).at(LoadedHeaders.of(process));
  }
}
