package org.fpm4j.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventMechanismTest {

  @TempDir private Path directory;

  @Test
  void lastSettingInTheFileCounts() throws IOException {
    assertEquals(
        Optional.of("poll"), in("[global]\nevents.mechanism = select\nevents.mechanism=poll"));
    assertEquals(Optional.of("epoll"), in("  Events.Mechanism = \"EPOLL\" ; fast\n"));
  }

  @Test
  void commentsAndUnknownMechanismsSetNothing() throws IOException {
    assertEquals(Optional.empty(), in(";events.mechanism = poll\n#events.mechanism=poll\n"));
    assertEquals(Optional.empty(), in("events.mechanism = kqueue\n"));
    assertEquals(Optional.empty(), EventMechanism.in(directory.resolve("missing")));
  }

  private Optional<String> in(String content) throws IOException {
    return EventMechanism.in(Files.writeString(directory.resolve("master"), content));
  }
}
