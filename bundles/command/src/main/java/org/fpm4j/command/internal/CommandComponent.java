package org.fpm4j.command.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.fpm4j.command.CommandInterpreter;
import org.fpm4j.config.ConfigurationEditor;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.process.ProcessListener;
import org.fpm4j.process.ProcessManager;
import org.fpm4j.stack.PhpStacks;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Opens the command channel {@code command.sock} in the run directory, which the framework property
 * {@value #RUN} names; without one there is no channel. The commands are there as a service, too.
 */
@Component(service = CommandInterpreter.class, immediate = true)
public final class CommandComponent implements CommandInterpreter {

  static final String RUN = "org.fpm4j.run";

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ErrorLog log;
  private final CommandLine commands;
  private CommandServer server;

  /** The reference, not the service: a delayed component is made at the first command for it. */
  @Reference(
      service = PhpStacks.class,
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC)
  private volatile ServiceReference<PhpStacks> stacks;

  /** Called by Declarative Services. */
  @Activate
  public CommandComponent(
      BundleContext context,
      @Reference ProcessManager manager,
      @Reference ConfigurationEditor editor,
      @Reference ErrorLog log) {
    this.log = log;
    String run = context.getProperty(RUN);
    this.commands =
        new CommandLine(
            manager,
            editor,
            listener -> context.registerService(ProcessListener.class, listener, null)::unregister,
            new Stacks(
                manager,
                () -> Optional.ofNullable(stacks).map(context::getService),
                Optional.ofNullable(run).map(directory -> Path.of(directory).toAbsolutePath())));
    if (run == null) {
      log.debug("no command channel: framework property %s is not set", RUN);
      return;
    }
    open(Path.of(run, "command.sock"));
  }

  private void open(Path socket) {
    CommandServer opening = new CommandServer(socket, commands, log, PATIENCE);
    try {
      opening.start();
      server = opening;
    } catch (IOException | IllegalArgumentException e) {
      log.error("no command channel: unable to listen on %s: %s", socket, e.getMessage());
    }
  }

  @Override
  public Answer run(List<String> words) throws InterruptedException {
    Reply reply = commands.run(words);
    if (reply.more() != null) {
      throw new IllegalArgumentException(words.get(0) + " is for bin/fpm4j alone: it has no end");
    }
    return new Answer(reply.exitCode(), reply.body());
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
