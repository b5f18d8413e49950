package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.process.SocketStore;
import org.junit.jupiter.api.Test;

class StoredSocketsTest extends MasterFixture {

  private final Map<String, Descriptor> kept = new TreeMap<>();

  private final SocketStore store =
      new SocketStore() {
        @Override
        public boolean keep(String name, Descriptor socket) {
          kept.put(name, socket);
          return true;
        }

        @Override
        public void forget(String name) {
          kept.remove(name);
        }
      };

  private Descriptor socket(String pool) {
    return master.pools().get(pool).status().socket.descriptor();
  }

  private void readyAll() {
    fixture.zygotes.forEach(zygote -> zygote.events.onReady());
  }

  @Test
  void keepsTheSocketsOfPoolsStartedBeforeAndAfterItCame() {
    serve(fixture.settings("a", PoolFixture.fixed(1)));
    master.open(store);
    assertEquals(Map.of("a.listen", socket("a")), kept);

    master.apply(
        configuration(
            fixture.settings("a", PoolFixture.fixed(1)),
            fixture.settings("b%", PoolFixture.fixed(1))));
    readyAll();

    assertEquals(Map.of("a.listen", socket("a"), "b%25.listen", socket("b%")), kept);
  }

  @Test
  void forgetsTheSocketOfARemovedPool() {
    serve(fixture.settings("www", PoolFixture.fixed(1)));
    master.open(store);

    master.apply(configuration());

    assertEquals(Map.of(), kept);
  }

  @Test
  void forgetsTheSocketOfAPoolThatWasRemovedBeforeTheStoreCame() {
    kept.put("www.listen", null);
    serve(fixture.settings("www", PoolFixture.fixed(1)));
    master.apply(configuration());

    master.open(store);

    assertEquals(Map.of(), kept);
  }

  @Test
  void leavesQueueAndPathToTheNextMaster() throws IOException {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(1)));
    master.open(store);
    connect();

    master.stop(true);
    zygote.settle();

    assertTrue(stopped, "whoever waits waits for the next master");
    assertEquals(1, kept.size());
    assertTrue(Files.exists(temp.resolve("www.sock")));
  }

  @Test
  void storeThatKeepsNothingChangesNothing() {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(1)));
    master.open(
        new SocketStore() {
          @Override
          public boolean keep(String name, Descriptor socket) {
            return false;
          }

          @Override
          public void forget(String name) {}
        });

    master.stop(false);
    zygote.settle();

    assertTrue(stopped);
    assertFalse(Files.exists(temp.resolve("www.sock")));
  }
}
