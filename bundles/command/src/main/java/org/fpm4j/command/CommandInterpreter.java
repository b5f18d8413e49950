package org.fpm4j.command;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Runs commands as {@code bin/fpm4j} does. An OSGi service; any thread. */
@ProviderType
public interface CommandInterpreter {

  /**
   * What a command said.
   *
   * @param exitCode 0 if it was carried out, else as {@code bin/fpm4j} exits
   * @param text whole lines, or empty
   */
  record Answer(int exitCode, String text) {}

  /**
   * Runs a command and waits for its end.
   *
   * @param words the command's name and arguments
   * @throws InterruptedException when the calling thread is interrupted meanwhile
   * @throws IllegalArgumentException for a command that has no end, as {@code events}
   */
  Answer run(List<String> words) throws InterruptedException;
}
