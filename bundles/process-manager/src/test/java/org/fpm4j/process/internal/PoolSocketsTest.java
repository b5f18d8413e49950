package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.fpm4j.config.ListenSettings;
import org.fpm4j.listener.InheritedSockets;
import org.fpm4j.listener.ListenAddress;
import org.fpm4j.listener.ListenOptions;
import org.fpm4j.listener.ListeningSocket;
import org.fpm4j.posix.Descriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoolSocketsTest {

  @TempDir private Path temp;
  private final RecordingLog log = new RecordingLog();
  private Path path;
  private ListeningSocket managers;
  private PoolSockets sockets;

  @BeforeEach
  void inheritASocket() throws IOException {
    path = temp.resolve("www.sock");
    managers = ListeningSocket.open(ListenAddress.parse(path.toString()), ListenOptions.DEFAULT);
    String variable = "www=" + managers.descriptor().number();
    sockets = new PoolSockets(log, InheritedSockets.of(Map.of("FPM_SOCKETS", variable + ",x"), 0));
  }

  @AfterEach
  void closeSocket() {
    managers.close();
  }

  private ListenSettings listen(String name) {
    return new PoolFixture(temp).settings(name, PoolFixture.fixed(1)).listen();
  }

  @Test
  void usesInheritedSocketOfTheAddressAndLeavesItsPath() throws IOException {
    try (ListeningSocket used = sockets.open(listen("www"))) {
      assertEquals(
          List.of(
              "WARNING: FPM_SOCKETS entry 'x' is not of the form key=descriptor",
              "NOTICE: using inherited socket fd="
                  + used.descriptor().number()
                  + ", \""
                  + path
                  + "\""),
          log.lines);
    }
    assertTrue(Files.exists(path));
    sockets.open(listen("www")).close();
    assertTrue(managers.descriptor().isOpen(), "a pool that comes back finds it again");
  }

  @Test
  void opensASocketWhereNoneWasInherited() throws IOException {
    try (ListeningSocket opened = sockets.open(listen("blog"))) {
      assertTrue(Files.exists(temp.resolve("blog.sock")));
      assertFalse(log.contains("using inherited"));
      assertEquals(temp.resolve("blog.sock").toString(), opened.key());
    }
  }

  @Test
  void takeoverOfAPoolOnAnInheritedSocketLeavesItsPathToo() throws IOException {
    Descriptor zygotes = managers.descriptor().duplicate(3);
    sockets.adopt(zygotes, path.toString()).close();
    assertFalse(zygotes.isOpen());
    assertTrue(Files.exists(path));
  }
}
