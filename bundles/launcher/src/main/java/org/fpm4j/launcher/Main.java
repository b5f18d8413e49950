package org.fpm4j.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.fpm4j.config.check.ConfigurationCheck;
import org.fpm4j.remote.user.UserCommand;

/**
 * What {@code bin/fpm4j} starts: the master ({@code run}), the commands that concern its process
 * ({@code start}, {@code stop}, …), and for every other word a client of the running master.
 */
public final class Main {

  private Main() {}

  /**
   * Runs one command and exits with its code.
   *
   * @param args the command and what follows it; the system property {@code org.fpm4j.home} names
   *     the directory of the installation
   */
  public static void main(String[] args) {
    System.exit(run(List.of(args)));
  }

  private static int run(List<String> args) {
    String word = args.isEmpty() ? "" : args.get(0);
    Options options = new Options(args.isEmpty() ? args : args.subList(1, args.size()));
    boolean master = word.equals("run") || word.equals("end");
    try {
      return command(word, options);
    } catch (CommandFailure e) {
      if (master) {
        LogLine.write(LogLine.Level.ERROR, e.getMessage());
      } else {
        System.err.println("fpm4j: " + e.getMessage());
      }
      return e.exitCode();
    }
  }

  private static int command(String word, Options options) throws CommandFailure {
    switch (word) {
      case "run" -> {
        return MasterFramework.forRun(home(), options).run();
      }
      case "end" -> {
        return MasterFramework.forEnd(home(), options).run();
      }
      case "start" -> {
        return new StartCommand(home(), options, System.out, System.err).run();
      }
      case "stop" -> {
        return new StopCommand(home(), options, System.err).run();
      }
      case "request" -> {
        return new RequestCommand(options, System.in).run(System.out, System.err);
      }
      case "check", "-t", "-tt", "-y" -> {
        return ConfigurationCheck.run(checkArguments(word, options));
      }
      case "jmx-user" -> {
        return jmxUser(options);
      }
      case "train" -> {
        return Training.run(home(), options);
      }
      case "version", "-v", "--version" -> {
        return print(Usage.version());
      }
      case "help", "-h", "--help" -> {
        return print(Usage.TEXT);
      }
      case "" -> {
        System.err.print(Usage.TEXT);
        return ExitCode.USAGE;
      }
      default -> {
        return askMaster(word, options);
      }
    }
  }

  /**
   * Returns the arguments of {@code check} with php-fpm's spelling {@code -y FILE -t} among them.
   */
  private static String[] checkArguments(String word, Options options) {
    List<String> arguments = new ArrayList<>(options.rest());
    if (!word.equals("check")) {
      arguments.add(0, word);
    }
    return arguments.toArray(String[]::new);
  }

  private static int jmxUser(Options options) throws CommandFailure {
    Path etc = options.path("--etc").orElse(home().resolve("etc"));
    Path file = options.path("--file").orElse(etc.resolve("jmx.users"));
    return UserCommand.run(file, options.rest(), System.in, System.out, System.err);
  }

  private static int askMaster(String word, Options options) throws CommandFailure {
    RunDirectory run = clientRunDirectory(options);
    List<String> words = new ArrayList<>(List.of(word));
    words.addAll(options.rest());
    return CommandChannel.ask(run, words, System.out, System.err);
  }

  private static int print(String text) {
    System.out.print(text);
    return ExitCode.OK;
  }

  /** Takes {@code --run}; the run directory must be there. */
  static RunDirectory clientRunDirectory(Options options) throws CommandFailure {
    return RunDirectory.existing(runPath(options));
  }

  /** Takes {@code --run}, or returns the standard place. */
  static Path runPath(Options options) throws CommandFailure {
    try {
      Path standard = RunDirectory.standard(RunDirectory.ownUid(), System.getenv());
      return options.path("--run").orElse(standard);
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.INTERNAL, "cannot read /proc/self: " + e, e);
    }
  }

  private static Path home() {
    return Path.of(Objects.requireNonNull(System.getProperty("org.fpm4j.home"), "org.fpm4j.home"));
  }
}
