package org.fpm4j.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedFileTest {
  private static final int SIZE = 1 << 20;
  @TempDir Path directory;

  @Test
  void createdFileIsSparseAndTheOwnersAlone() throws Exception {
    Path path = directory.resolve("new");
    SharedFile.create(path, SIZE).close();
    assertEquals(SIZE, Files.size(path));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    PosixException refused =
        assertThrows(PosixException.class, () -> SharedFile.create(path, SIZE));
    assertEquals(Errno.EEXIST, refused.errno());
  }

  @Test
  void mappingOfAReceivedDescriptorOfADeletedFileIsShared() throws Exception {
    Path path = directory.resolve("shared");
    Sockets.Pair pair = Sockets.pair(Sockets.Type.SEQPACKET);
    Descriptor file = SharedFile.create(path, SIZE);
    MappedByteBuffer here = SharedFile.map(file, SIZE);
    SocketMessages.send(pair.first(), ByteBuffer.allocate(1), List.of(file));
    file.close();
    Files.delete(path);

    Descriptor received =
        SocketMessages.receive(pair.second(), 1, 1).orElseThrow().descriptors().get(0);
    MappedByteBuffer there = SharedFile.map(received, SIZE);
    here.putLong(SIZE - 8, 4711);
    assertEquals(4711, there.getLong(SIZE - 8));
    received.close();
    pair.first().close();
    pair.second().close();
  }

  @Test
  void lockIsHeldOnceAndFreedByClosing() throws Exception {
    Path path = directory.resolve("lock");
    Descriptor first = SharedFile.openOrCreate(path);
    Descriptor second = SharedFile.openOrCreate(path);
    assertTrue(SharedFile.tryLock(first));
    assertFalse(SharedFile.tryLock(second));
    first.close();
    assertTrue(SharedFile.tryLock(second));
    second.close();
  }

  @Test
  void openingWhatIsNotThereIsRefused() {
    Path missing = directory.resolve("missing");
    PosixException refused = assertThrows(PosixException.class, () -> SharedFile.open(missing));
    assertEquals("open(" + missing + "): No such file or directory (2)", refused.getMessage());
  }
}
