package org.fpm4j.command.internal;

import java.util.List;
import org.fpm4j.config.ChangeRefusedException;
import org.fpm4j.config.ConfigurationEditor;
import org.fpm4j.config.SettingWritten;

/** The commands that change the configuration where it is written. Any thread. */
final class Settings {

  private static final String GLOBAL = "--global";

  private final ConfigurationEditor editor;

  Settings(ConfigurationEditor editor) {
    this.editor = editor;
  }

  List<Command> commands() {
    return List.of(
        new Command("set", "POOL|--global KEY VALUE", "change a directive in its file", this::set),
        new Command("unset", "POOL|--global KEY", "take a directive out of its file", this::unset),
        new Command("reread", "", "read the configuration anew", this::reread));
  }

  private Reply set(Arguments arguments) throws UsageException {
    String pool = arguments.flag(GLOBAL) ? "" : arguments.require("POOL");
    String key = arguments.require("KEY");
    String value = arguments.value("VALUE");
    arguments.end();
    return change(pool, key, value);
  }

  private Reply unset(Arguments arguments) throws UsageException {
    String pool = arguments.flag(GLOBAL) ? "" : arguments.require("POOL");
    String key = arguments.require("KEY");
    arguments.end();
    return change(pool, key, null);
  }

  private Reply change(String pool, String key, String value) {
    try {
      editor.set(pool, key, value);
    } catch (ChangeRefusedException e) {
      return Reply.failed(e.getMessage());
    }
    return Reply.ok(new SettingWritten(pool, key, value).text() + "\n");
  }

  private Reply reread(Arguments arguments) throws UsageException {
    arguments.end();
    editor.reread();
    return Reply.ok("the configuration is read anew; the log tells what that changes\n");
  }
}
