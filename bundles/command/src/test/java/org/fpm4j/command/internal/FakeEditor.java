package org.fpm4j.command.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fpm4j.config.ChangeRefusedException;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.ConfigurationEditor;

/** Notes changes, or refuses them as the test says. */
final class FakeEditor implements ConfigurationEditor {

  final List<String> changes = new ArrayList<>();
  String refusal = "";

  @Override
  public Optional<Configuration> current() {
    return Optional.empty();
  }

  @Override
  public void set(String pool, String key, String value) throws ChangeRefusedException {
    if (!refusal.isEmpty()) {
      throw new ChangeRefusedException(refusal);
    }
    changes.add(pool + ": " + key + " = " + value);
  }

  @Override
  public void reread() {
    changes.add("reread");
  }
}
