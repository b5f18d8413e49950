package org.fpm4j.supervision.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.fpm4j.log.Log;
import org.fpm4j.log.LogLevel;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Sockets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorStoreTest {

  @TempDir private Path directory;

  private DescriptorStore store() {
    return DescriptorStore.of(Map.of("FDSTORE", "8"), notifySocket(), log()).orElseThrow();
  }

  private NotifySocket notifySocket() {
    return NotifySocket.of(Map.of("NOTIFY_SOCKET", path().toString())).orElseThrow();
  }

  private Path path() {
    return directory.resolve("notify");
  }

  private static Log log() {
    return new Log() {
      @Override
      public boolean isEnabled(LogLevel level) {
        return false;
      }

      @Override
      public void write(LogLevel level, String text) {}
    };
  }

  private static Path target(Descriptor descriptor) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor.number()));
  }

  @Test
  void putsADescriptorInThePlaceOfTheFormerOneOfItsName() throws IOException {
    try (ServiceManagerSocket manager =
            new ServiceManagerSocket(UnixDomainSocketAddress.of(path()));
        Descriptor socket = Sockets.open(Sockets.Family.UNIX, Sockets.Type.STREAM)) {

      assertTrue(store().keep("www.listen", socket));

      assertEquals(
          List.of("FDSTOREREMOVE=1\nFDNAME=www.listen", "FDSTORE=1\nFDNAME=www.listen"),
          manager.messages());
      assertEquals(1, manager.store().size());
      assertEquals(target(socket), target(manager.store().get(0)));
    }
  }

  @Test
  void removesByName() throws IOException {
    try (ServiceManagerSocket manager =
        new ServiceManagerSocket(UnixDomainSocketAddress.of(path()))) {
      store().forget("www.listen");

      assertEquals(List.of("FDSTOREREMOVE=1\nFDNAME=www.listen"), manager.messages());
    }
  }

  @Test
  void isAbsentWithoutRoom() {
    assertTrue(DescriptorStore.of(Map.of(), notifySocket(), log()).isEmpty());
    assertTrue(DescriptorStore.of(Map.of("FDSTORE", "0"), notifySocket(), log()).isEmpty());
  }

  @Test
  void keepsNothingWhenNobodyListens() throws IOException {
    try (Descriptor socket = Sockets.open(Sockets.Family.UNIX, Sockets.Type.STREAM)) {
      assertFalse(store().keep("www.listen", socket));
    }
  }
}
