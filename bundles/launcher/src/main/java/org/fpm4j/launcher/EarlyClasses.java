package org.fpm4j.launcher;

import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.xml.sax.SAXException;

/**
 * Initialises, on a second core and beside the framework's own start, what takes long and needs no
 * framework: the calls into libc and the XML parser Declarative Services reads components with.
 * Whoever comes to them first waits for the other, so nothing happens twice.
 */
final class EarlyClasses {

  private static final String LIBC = "org.fpm4j.posix.internal.LibC";

  private EarlyClasses() {}

  /** Returns at once; a class that is missing is left for its user to complain of. */
  static void initialize() {
    Thread thread = new Thread(EarlyClasses::run, "fpm4j-early-classes");
    thread.setDaemon(true);
    thread.start();
  }

  private static void run() {
    try {
      Class.forName(LIBC);
      SAXParserFactory.newInstance().newSAXParser();
    } catch (ClassNotFoundException
        | LinkageError
        | ParserConfigurationException
        | SAXException ignored) {
      // the bundle that needs it fails with a message that says what for
    }
  }
}
