package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class OomEventsTest {

  private static final Path MOUNTED = Path.of("/sys/fs/cgroup");

  private static String counter(String... memberships) {
    return OomEvents.counter(List.of(memberships), MOUNTED).toString();
  }

  @Test
  void unifiedGroupCountsInMemoryEvents() {
    assertEquals(
        "/sys/fs/cgroup/system.slice/fpm4j.service/memory.events",
        counter("0::/system.slice/fpm4j.service"));
    assertEquals("/sys/fs/cgroup/memory.events", counter("0::/"));
  }

  @Test
  void groupOfTheMemoryControllerCountsInOomControl() {
    assertEquals(
        "/sys/fs/cgroup/memory/web/memory.oom_control",
        counter("9:name=systemd:/", "4:memory:/web", "0::/"));
    assertEquals(
        "/sys/fs/cgroup/memory/memory.oom_control", counter("4:hugetlb,memory:/", "0::/x"));
  }
}
