package org.fpm4j.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MasterLockTest {

  private static final String HOLD_LOCK =
      "exec 9>\"$0\"; flock -n 9; echo $$ >&9; echo locked; read end";

  @TempDir private Path directory;

  @Test
  void processThatHoldsTheLockIsTheMaster() throws IOException {
    Path lock = directory.resolve("master.lock");
    Process holder = new ProcessBuilder("sh", "-c", HOLD_LOCK, lock.toString()).start();
    try {
      assertEquals("locked", holder.inputReader().readLine());

      assertEquals(Optional.of(holder.pid()), MasterLock.holder(lock).map(ProcessHandle::pid));
    } finally {
      holder.destroyForcibly().onExit().join();
    }
    assertEquals(Optional.empty(), MasterLock.holder(lock));
  }

  @Test
  void livingProcessThatDoesNotHoldTheLockIsNot() throws IOException {
    Path lock = directory.resolve("master.lock");
    Files.writeString(lock, ProcessHandle.current().pid() + "\n");

    assertEquals(Optional.empty(), MasterLock.holder(lock));
  }

  @Test
  void missingEmptyOrForeignFileNamesNobody() throws IOException {
    Path lock = directory.resolve("master.lock");
    assertEquals(Optional.empty(), MasterLock.holder(lock));
    for (String content : new String[] {"", "master", "-1", "0", "99999999999999999999"}) {
      Files.writeString(lock, content);

      assertEquals(Optional.empty(), MasterLock.holder(lock), content);
    }
  }
}
