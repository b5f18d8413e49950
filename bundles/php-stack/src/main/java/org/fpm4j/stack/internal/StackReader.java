package org.fpm4j.stack.internal;

import java.io.IOException;
import java.nio.file.Path;
import org.fpm4j.stack.PhpStack;

/**
 * Reads PHP stacks of running processes. Any thread; a stack takes some 100 µs, the first of a
 * program some 20 ms.
 */
final class StackReader {

  /** A worker that goes on is read again, for a stack in one piece. */
  private static final int TRIES = 5;

  private final Path proc;
  private final PhpPrograms programs = new PhpPrograms();
  private final Refusal refusal;

  /** A process held open to be read again and again. One thread. */
  static final class Held implements AutoCloseable {
    private final ProcessMemory memory;
    private final StackWalk walk;

    private Held(ProcessMemory memory, PhpAddresses addresses) {
      this.memory = memory;
      this.walk = new StackWalk(new PagedMemory(memory), addresses);
    }

    /**
     * Reads its stack once; never throws.
     *
     * @param most frames, the innermost ones
     */
    PhpStack read(int most) {
      return walk.read(most);
    }

    @Override
    public void close() throws IOException {
      memory.close();
    }
  }

  StackReader() {
    this(Path.of("/proc"));
  }

  StackReader(Path proc) {
    this.proc = proc;
    this.refusal = new Refusal(proc);
  }

  /**
   * Opens a process.
   *
   * @throws NoPhpStackException if it runs no PHP that can be read, or the kernel refuses
   */
  Held hold(int pid) throws NoPhpStackException {
    Path process = proc.resolve(Integer.toString(pid));
    try {
      PhpAddresses addresses = programs.of(process).at(LoadedHeaders.of(process));
      return new Held(ProcessMemory.of(process), addresses);
    } catch (IOException e) {
      throw refusal.explain(pid, e);
    }
  }

  /**
   * Reads a process's stack. Never throws: what cannot be read is said in the stack's note.
   *
   * @param most frames, the innermost ones
   */
  PhpStack read(int pid, int most) {
    try (Held process = hold(pid)) {
      PhpStack best = process.read(most);
      for (int tries = 1; tries < TRIES && !best.note().isEmpty(); tries++) {
        PhpStack next = process.read(most);
        if (next.note().isEmpty() || next.frames().size() > best.frames().size()) {
          best = next;
        }
      }
      return best;
    } catch (NoPhpStackException e) {
      return PhpStack.unreadable(e.getMessage());
    } catch (IOException e) {
      return PhpStack.unreadable(refusal.explain(pid, e).getMessage());
    }
  }
}
