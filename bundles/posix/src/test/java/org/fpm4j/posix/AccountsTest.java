package org.fpm4j.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class AccountsTest {
  @Test
  void findsUsersByNameAndId() throws Exception {
    Accounts.User root = Accounts.user("root").orElseThrow();
    assertEquals(new Accounts.User("root", 0, 0, "/root"), root);
    assertEquals(Optional.of(root), Accounts.user(0));
  }

  @Test
  void findsGroupsByNameAndId() throws Exception {
    Accounts.Group root = Accounts.group("root").orElseThrow();
    assertEquals(0, root.gid());
    assertEquals(Optional.of(root), Accounts.group(0));
  }

  @Test
  void whatDoesNotExistIsNoError() throws Exception {
    assertTrue(Accounts.user("nobody-of-this-name").isEmpty());
    assertTrue(Accounts.user(4_000_000).isEmpty());
    assertTrue(Accounts.group("no-group-of-this-name").isEmpty());
    assertTrue(Accounts.group(4_000_000).isEmpty());
  }

  @Test
  void groupsAreThoseIdPrints() throws Exception {
    Accounts.User user = Accounts.user(Processes.uid()).orElseThrow();
    Process id = new ProcessBuilder("id", "-G", user.name()).start();
    String printed =
        new String(id.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    assertEquals(0, id.waitFor());
    Set<String> groups = new TreeSet<>();
    Accounts.groups(user.name(), user.gid()).forEach(gid -> groups.add(gid.toString()));
    assertEquals(new TreeSet<>(Set.of(printed.split(" ", -1))), groups);
  }
}
