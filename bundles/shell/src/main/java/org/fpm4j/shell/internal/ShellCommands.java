package org.fpm4j.shell.internal;

import java.util.ArrayList;
import java.util.List;
import org.fpm4j.command.CommandInterpreter;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The commands of {@code bin/fpm4j} as {@code fpm:pools}, {@code fpm:workers} and so on in Gogo,
 * which finds them by the service's properties and calls the method of a function's name. What
 * fails is an exception with the reason. Nothing of Gogo is needed to resolve.
 */
@Component(
    service = ShellCommands.class,
    property = {
      "osgi.command.scope=fpm",
      "osgi.command.function=status",
      "osgi.command.function=pools",
      "osgi.command.function=workers",
      "osgi.command.function=stack",
      "osgi.command.function=profile",
      "osgi.command.function=reload",
      "osgi.command.function=retire",
      "osgi.command.function=kill",
      "osgi.command.function=drain",
      "osgi.command.function=resume",
      "osgi.command.function=resetMaxima",
      "osgi.command.function=set",
      "osgi.command.function=unset",
      "osgi.command.function=reread",
      "osgi.command.function=reopenLogs",
      "osgi.command.function=stop"
    })
public final class ShellCommands {

  private final CommandInterpreter interpreter;

  /** Called by Declarative Services when a shell asks first. */
  @Activate
  public ShellCommands(@Reference CommandInterpreter interpreter) {
    this.interpreter = interpreter;
  }

  public String status(String... arguments) throws InterruptedException {
    return run("status", arguments);
  }

  public String pools(String... arguments) throws InterruptedException {
    return run("pools", arguments);
  }

  public String workers(String... arguments) throws InterruptedException {
    return run("workers", arguments);
  }

  public String stack(String... arguments) throws InterruptedException {
    return run("stack", arguments);
  }

  public String profile(String... arguments) throws InterruptedException {
    return run("profile", arguments);
  }

  public String reload(String... arguments) throws InterruptedException {
    return run("reload", arguments);
  }

  public String retire(String... arguments) throws InterruptedException {
    return run("retire", arguments);
  }

  public String kill(String... arguments) throws InterruptedException {
    return run("kill", arguments);
  }

  public String drain(String... arguments) throws InterruptedException {
    return run("drain", arguments);
  }

  public String resume(String... arguments) throws InterruptedException {
    return run("resume", arguments);
  }

  public String resetMaxima(String... arguments) throws InterruptedException {
    return run("reset-maxima", arguments);
  }

  public String set(String... arguments) throws InterruptedException {
    return run("set", arguments);
  }

  public String unset(String... arguments) throws InterruptedException {
    return run("unset", arguments);
  }

  public String reread(String... arguments) throws InterruptedException {
    return run("reread", arguments);
  }

  public String reopenLogs(String... arguments) throws InterruptedException {
    return run("reopen-logs", arguments);
  }

  public String stop(String... arguments) throws InterruptedException {
    return run("stop", arguments);
  }

  private String run(String command, String... arguments) throws InterruptedException {
    List<String> words = new ArrayList<>(List.of(command));
    words.addAll(List.of(arguments));
    CommandInterpreter.Answer answer = interpreter.run(words);
    String text = answer.text().stripTrailing();
    if (answer.exitCode() != 0) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }
}
