package org.fpm4j.command.internal;

/**
 * One word of the command line and what it does.
 *
 * @param name the word
 * @param parameters for the usage, for example {@code POOL PID}, or empty
 * @param purpose for the usage, a phrase
 * @param body does it
 */
record Command(String name, String parameters, String purpose, Body body) {

  /** What a command does. */
  interface Body {
    /**
     * Runs on a thread of the command channel, which it may block.
     *
     * @throws UsageException if the arguments are wrong
     * @throws InterruptedException when the master stops meanwhile
     */
    Reply run(Arguments arguments) throws UsageException, InterruptedException;
  }

  /** How it is called. */
  String synopsis() {
    return parameters.isEmpty() ? name : name + " " + parameters;
  }
}
