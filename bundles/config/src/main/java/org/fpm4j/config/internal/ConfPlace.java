package org.fpm4j.config.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.fpm4j.config.ChangeRefusedException;
import org.fpm4j.config.internal.source.ConfOutline;
import org.fpm4j.config.internal.source.ConfigurationDraft;
import org.fpm4j.config.internal.source.ConfigurationSources;
import org.fpm4j.config.internal.source.DirectiveSet;
import org.fpm4j.config.internal.source.Findings;
import org.fpm4j.config.internal.source.PhpFpmConfReader;
import org.fpm4j.config.internal.source.PhpFpmConfReader.AfterError;
import org.fpm4j.config.internal.source.PidReader;
import org.fpm4j.config.internal.validation.Surroundings;

/**
 * A section of a php-fpm.conf and its includes.
 *
 * @param file the main file
 */
record ConfPlace(
    ConfigurationSources sources, String file, ConfOutline outline, DirectiveSet section)
    implements SettingPlace {

  /**
   * The section in that file, if it is there.
   *
   * @param pool the pool's name, empty text for the global directives
   */
  static Optional<SettingPlace> of(
      ConfigurationSources sources, String file, String pool, Surroundings surroundings) {
    ConfigurationDraft draft = new ConfigurationDraft();
    ConfOutline outline =
        new PhpFpmConfReader(
                surroundings.prefix(),
                surroundings.environment(),
                AfterError.CONTINUE,
                new Findings(),
                draft)
            .outline(file);
    return (pool.isEmpty() ? Optional.of(draft.global()) : draft.pool(pool))
        .map(section -> new ConfPlace(sources, file, outline, section));
  }

  @Override
  public boolean has(String key) {
    return edit().has(key);
  }

  @Override
  public Change change(String key, Optional<String> value)
      throws ChangeRefusedException, IOException {
    Map<String, String> texts = edit().with(key, plain(value));
    Map<String, String> decoded = new HashMap<>();
    texts.forEach(
        (name, text) ->
            decoded.put(
                name,
                new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)));
    return new Change(
        sources.withEdited(decoded),
        () -> {
          for (Map.Entry<String, String> text : texts.entrySet()) {
            FileReplacement.replace(Path.of(text.getKey()), text.getValue());
          }
        });
  }

  private ConfEdit edit() {
    return new ConfEdit(file, outline, section);
  }

  /** Quotes mean what they mean in a .cfg file: the value without them. */
  private static Optional<String> plain(Optional<String> value) {
    return value.map(PidReader::plain);
  }
}
