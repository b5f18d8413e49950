package org.fpm4j.remote.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.fpm4j.log.ErrorLog;

/**
 * Opens, moves and closes the connector as its settings say. What cannot be done is told in one
 * line, and what ran before goes on. Any thread.
 */
final class RemoteAccess implements AutoCloseable {

  private final Path etc;
  private final ErrorLog log;
  private RemoteConnector running;

  /**
   * @param etc what relative paths in settings are relative to
   */
  RemoteAccess(Path etc, ErrorLog log) {
    this.etc = etc;
    this.log = log;
  }

  /** Brings settings into force; a client whose connection is moved has to connect again. */
  synchronized void apply(Map<String, ?> properties) {
    try {
      RemoteSettings wanted = RemoteSettings.of(properties, etc);
      if (running == null || !running.settings().equals(wanted)) {
        replace(wanted);
      }
    } catch (RefusedSettingException e) {
      log.error("remote JMX: %s; %s", e.getMessage(), inForce());
    }
  }

  private void replace(RemoteSettings wanted) throws RefusedSettingException {
    RemoteConnector former = running;
    if (former == null || !former.settings().meets(wanted)) {
      running = open(wanted);
      if (former != null) {
        former.close();
      }
    } else {
      replaceAtSamePort(former, wanted);
    }
    log.notice("remote JMX on %s%s", wanted.place(), wanted.tls() ? " with TLS" : " without TLS");
  }

  private void replaceAtSamePort(RemoteConnector former, RemoteSettings wanted)
      throws RefusedSettingException {
    former.close();
    running = null;
    try {
      running = open(wanted);
    } catch (RefusedSettingException e) {
      running = open(former.settings());
      throw e;
    }
  }

  private RemoteConnector open(RemoteSettings wanted) throws RefusedSettingException {
    KeyMaterial keys = wanted.tls() ? KeyMaterial.of(wanted, log) : null;
    try {
      return RemoteConnector.open(wanted, keys, log);
    } catch (IOException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw new RefusedSettingException("listen", wanted.place(), new IOException(reason));
    }
  }

  private String inForce() {
    return running == null
        ? "remote JMX stays off"
        : "remote JMX stays on " + running.settings().place();
  }

  /** Closes the port, if it is open. */
  @Override
  public synchronized void close() {
    if (running != null) {
      running.close();
      log.notice("remote JMX closed on %s", running.settings().place());
      running = null;
    }
  }
}
