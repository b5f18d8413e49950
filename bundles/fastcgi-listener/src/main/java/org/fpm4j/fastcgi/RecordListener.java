package org.fpm4j.fastcgi;

import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Told what a {@link FastCgiParser} finds: for each record {@code begin}, any number of {@code
 * content}, {@code end}. An exception ends the parsing of the connection.
 */
@ConsumerType
public interface RecordListener {
  /** A header has been read. */
  void begin(RecordHeader header) throws FastCgiProtocolException;

  /**
   * A part of the record's content has arrived.
   *
   * @param bytes at least one; valid during the call only
   */
  void content(ByteBuffer bytes) throws FastCgiProtocolException;

  /** Content and padding are complete. */
  void end() throws FastCgiProtocolException;
}
