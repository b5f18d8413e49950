package org.fpm4j.config;

import org.osgi.annotation.versioning.ConsumerType;

/** Told every new configuration. Register one as an OSGi service (whiteboard). */
@ConsumerType
public interface ConfigurationListener {

  /**
   * Takes the configuration now in force. Called with the complete current one as soon as there is
   * one (also for a listener that comes late), then after every change; always on the thread {@code
   * fpm4j-config}, so it should post and return. An exception is logged and changes nothing else.
   */
  void configurationChanged(Configuration configuration);
}
