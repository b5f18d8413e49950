package org.fpm4j.command.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.fpm4j.config.ConfigurationEditor;
import org.fpm4j.process.ProcessManager;

/** Finds the command for a request's words and runs it. Any thread. */
final class CommandLine {

  private final Map<String, Command> commands = new LinkedHashMap<>();

  /**
   * @param editor what {@code set} changes
   * @param listeners where {@code events} hears of events
   */
  CommandLine(
      ProcessManager manager, ConfigurationEditor editor, Listeners listeners, Stacks stacks) {
    Command help =
        new Command(
            "help",
            "",
            "this list",
            arguments -> {
              arguments.end();
              return Reply.ok(usage());
            });
    Stream.of(
            new Views(manager).commands(),
            stacks.commands(),
            new Orders(manager).commands(),
            new Settings(editor).commands(),
            new Events(manager, listeners).commands(),
            List.of(help))
        .flatMap(List::stream)
        .forEach(command -> commands.put(command.name(), command));
  }

  /**
   * Runs a command.
   *
   * @param words its name and arguments
   * @throws InterruptedException when the master stops meanwhile
   */
  Reply run(List<String> words) throws InterruptedException {
    Command command = words.isEmpty() ? null : commands.get(words.get(0));
    if (command == null) {
      String why = words.isEmpty() ? "no command" : "unknown command '" + words.get(0) + "'";
      return new Reply(Reply.USAGE, why + "\n" + usage());
    }
    try {
      return command.body().run(new Arguments(words.subList(1, words.size())));
    } catch (UsageException e) {
      String usage = e.getMessage() + "\nusage: " + command.synopsis() + "\n";
      return new Reply(Reply.USAGE, usage);
    }
  }

  private String usage() {
    Table table = new Table("COMMAND", "");
    commands.values().forEach(command -> table.row(command.synopsis(), command.purpose()));
    return table.toString();
  }
}
