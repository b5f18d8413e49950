package org.fpm4j.log.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.fpm4j.log.LogLevel;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;

/**
 * Brings the error log's messages to a container's Log Service (OSGi Compendium, chapter 101) too,
 * under the name {@code org.fpm4j}. Where there is none, this class is not loaded. Nothing here
 * reads the Log Service.
 */
@Component(service = LineSink.class)
public final class LogServiceSink implements LineSink {

  private final Logger logger;

  /** Called by Declarative Services. */
  @Activate
  public LogServiceSink(@Reference LoggerFactory loggers) {
    this.logger = loggers.getLogger("org.fpm4j");
  }

  /** Makes the line that {@link #write} takes: the first letter of the level, then the text. */
  static byte[] line(LogLevel level, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    byte[] line = new byte[bytes.length + 1];
    line[0] = (byte) level.name().charAt(0);
    System.arraycopy(bytes, 0, line, 1, bytes.length);
    return line;
  }

  @Override
  public void write(byte[] line) throws IOException {
    String text = new String(line, 1, line.length - 1, StandardCharsets.UTF_8);
    try {
      log(line[0], text);
    } catch (RuntimeException e) {
      throw new IOException("the Log Service failed", e); // the line is lost, the next may succeed
    }
  }

  private void log(byte level, String text) {
    switch (level) {
      case 'A', 'E' -> logger.error(text);
      case 'W' -> logger.warn(text);
      case 'N' -> logger.info(text);
      default -> logger.debug(text);
    }
  }

  @Override
  public void close() {}
}
