package org.fpm4j.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketDiagTest {
  @TempDir Path directory;

  private static long inode(Path path) throws Exception {
    return (long) Files.getAttribute(path, "unix:ino") & 0xffffffffL;
  }

  @Test
  void tellsTheFileASocketWasBoundToWhateverHasItsNameNow() throws Exception {
    Path path = directory.resolve("s");
    try (Descriptor former = Sockets.open(Sockets.Family.UNIX, Sockets.Type.STREAM);
        Descriptor latter = Sockets.open(Sockets.Family.UNIX, Sockets.Type.STREAM)) {
      Sockets.bind(former, UnixDomainSocketAddress.of(path));
      long inode = inode(path);
      assertEquals(inode, UnixSocketDiag.fileInode(former));
      // Kept under another name, or the file system could give the number to the next file.
      Files.move(path, directory.resolve("kept"));
      Sockets.bind(latter, UnixDomainSocketAddress.of(path));
      assertEquals(inode, UnixSocketDiag.fileInode(former));
      assertEquals(inode(path), UnixSocketDiag.fileInode(latter));
    }
  }

  @Test
  void refusesASocketWithoutAFile() throws Exception {
    try (Descriptor unbound = Sockets.open(Sockets.Family.UNIX, Sockets.Type.STREAM);
        Descriptor tcp = Sockets.open(Sockets.Family.INET, Sockets.Type.STREAM)) {
      assertThrows(PosixException.class, () -> UnixSocketDiag.fileInode(unbound));
      assertThrows(PosixException.class, () -> UnixSocketDiag.fileInode(tcp));
    }
  }
}
