package org.fpm4j.command.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.process.ProcessManager;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Opens the command channel {@code command.sock} in the run directory, which the framework property
 * {@value #RUN} names; without one there is no channel, and the pools go on.
 */
@Component(
    service = {},
    immediate = true)
public final class CommandComponent {

  static final String RUN = "org.fpm4j.run";

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ErrorLog log;
  private CommandServer server;

  /** Called by Declarative Services. */
  @Activate
  public CommandComponent(
      BundleContext context, @Reference ProcessManager manager, @Reference ErrorLog log) {
    this.log = log;
    String run = context.getProperty(RUN);
    if (run == null) {
      log.debug("no command channel: framework property %s is not set", RUN);
      return;
    }
    open(Path.of(run, "command.sock"), new CommandLine(manager));
  }

  private void open(Path socket, CommandLine commands) {
    CommandServer opening = new CommandServer(socket, commands, log, PATIENCE);
    try {
      opening.start();
      server = opening;
    } catch (IOException | IllegalArgumentException e) {
      log.error("no command channel: unable to listen on %s: %s", socket, e.getMessage());
    }
  }

  @Deactivate
  void deactivate() {
    if (server == null) {
      return;
    }
    try {
      server.close();
    } catch (IOException e) {
      log.debug("command channel: %s", e);
    }
  }
}
