package org.fpm4j.remote.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.fpm4j.log.ErrorLog;

/**
 * The server's key and certificate. A keystore that is replaced (a renewed certificate) serves from
 * the next connection on; one that cannot be read then is reported, and the old key serves on. Any
 * thread.
 */
final class KeyMaterial {

  private final RemoteSettings settings;
  private final ErrorLog log;
  private FileTime stamp;
  private SSLSocketFactory sockets;

  private KeyMaterial(RemoteSettings settings, ErrorLog log) {
    this.settings = settings;
    this.log = log;
  }

  /**
   * Reads the keystore of the settings.
   *
   * @throws RefusedSettingException if it holds no key that can be used
   */
  static KeyMaterial of(RemoteSettings settings, ErrorLog log) throws RefusedSettingException {
    KeyMaterial keys = new KeyMaterial(settings, log);
    try {
      keys.load();
      return keys;
    } catch (IOException | GeneralSecurityException e) {
      throw new RefusedSettingException("keystore", settings.keystore(), e);
    }
  }

  /** What makes TLS sockets with the key as it is now. */
  synchronized SSLSocketFactory sockets() {
    try {
      if (!Files.getLastModifiedTime(settings.keystore()).equals(stamp)) {
        load();
        log.notice("remote JMX: keystore %s read again", settings.keystore());
      }
    } catch (IOException | GeneralSecurityException e) {
      log.warning("remote JMX: keystore %s: %s", settings.keystore(), e.getMessage());
    }
    return sockets;
  }

  private void load() throws IOException, GeneralSecurityException {
    // Noted first: one that cannot be read is tried again only when it has changed.
    stamp = Files.getLastModifiedTime(settings.keystore());
    char[] password = settings.keystorePassword().toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(settings.keystore())) {
      store.load(in, password);
    }
    if (store.size() == 0) {
      throw new IOException("it holds no key");
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    sockets = context.getSocketFactory();
  }
}
