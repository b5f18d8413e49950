package org.fpm4j.remote.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteSettingsTest {

  @TempDir Path etc;

  @BeforeEach
  void makeFiles() throws IOException {
    for (String name : new String[] {"jmx.users", "jmx.p12"}) {
      Files.createFile(
          etc.resolve(name),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
  }

  private RemoteSettings settings(Map<String, ?> properties) throws RefusedSettingException {
    return RemoteSettings.of(properties, etc);
  }

  private String refusal(Map<String, ?> properties) {
    return assertThrows(RefusedSettingException.class, () -> settings(properties)).getMessage();
  }

  @Test
  void defaultsToLoopbackWithTls() throws RefusedSettingException {
    RemoteSettings settings =
        settings(Map.of("service.pid", "org.fpm4j.jmx", "felix.fileinstall.filename", "f"));
    assertEquals("127.0.0.1:9010", settings.place());
    assertEquals("127.0.0.1", settings.hostname());
    assertTrue(settings.tls());
  }

  @Test
  void takesIpv6Address() throws RefusedSettingException {
    assertEquals(9011, settings(Map.of("listen", "[::1]:9011")).port());
  }

  @Test
  void refusalsNameKeyValueAndLegalValues() {
    assertEquals(
        "listen = 127.0.0.1:99999 (legal: HOST:PORT or [V6]:PORT, port 1 to 65535)",
        refusal(Map.of("listen", "127.0.0.1:99999")));
    assertEquals("tls = maybe (legal: yes or no)", refusal(Map.of("tls", "maybe")));
    assertTrue(
        refusal(Map.of("port", "9010")).startsWith("port = 9010 (legal: no such key; listen,"));
  }

  @Test
  void refusesPasswordsInClearBeyondThisMachine() throws RefusedSettingException {
    assertFalse(settings(Map.of("tls", "no")).tls());
    assertTrue(
        refusal(Map.of("tls", "no", "listen", "0.0.0.0:9010")).startsWith("tls = no (legal: yes"));
  }

  @Test
  void wantsNameForAddressNobodyCanConnectTo() throws RefusedSettingException {
    assertTrue(refusal(Map.of("listen", "0.0.0.0:9010")).startsWith("hostname = (empty)"));
    assertEquals("php1", settings(Map.of("listen", "0.0.0.0:9010", "hostname", "php1")).hostname());
  }

  @Test
  void refusesFilesOpenToOthers() throws IOException {
    Files.setPosixFilePermissions(
        etc.resolve("jmx.p12"), PosixFilePermissions.fromString("rw-r--r--"));
    assertTrue(refusal(Map.of()).contains("chmod 600"), refusal(Map.of()));

    Files.delete(etc.resolve("jmx.users"));
    assertTrue(refusal(Map.of()).contains("jmx.users does not exist"), refusal(Map.of()));
  }
}
