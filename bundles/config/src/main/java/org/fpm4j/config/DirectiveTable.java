package org.fpm4j.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads the rows of {@code directives.table}, which lies beside this class. */
final class DirectiveTable {

  static final List<Directive> ALL = read();
  static final List<Directive> GLOBAL = of(Directive.Scope.GLOBAL);
  static final List<Directive> POOL = of(Directive.Scope.POOL);

  private static final Map<String, Directive> GLOBAL_BY_NAME = index(GLOBAL);
  private static final Map<String, Directive> POOL_BY_NAME = index(POOL);
  private static final int COLUMNS = 8;

  private DirectiveTable() {}

  /** By its exact name, an array's without brackets too; a scalar's also in lower case. */
  static Optional<Directive> find(Directive.Scope scope, String name) {
    Map<String, Directive> index = scope == Directive.Scope.GLOBAL ? GLOBAL_BY_NAME : POOL_BY_NAME;
    Directive exact = index.get(name);
    Directive found = exact != null ? exact : index.get(name.toLowerCase(Locale.ROOT));
    return Optional.ofNullable(found).filter(directive -> exact != null || !directive.isArray());
  }

  private static Map<String, Directive> index(List<Directive> directives) {
    Map<String, Directive> index = new HashMap<>();
    for (Directive directive : directives) {
      index.put(directive.name(), directive);
      index.put(directive.arrayName(), directive);
    }
    return index;
  }

  private static List<Directive> of(Directive.Scope scope) {
    List<Directive> directives = new ArrayList<>(ALL);
    directives.removeIf(directive -> directive.scope() != scope);
    return List.copyOf(directives);
  }

  private static List<Directive> read() {
    List<Directive> directives = new ArrayList<>();
    try (InputStream table = DirectiveTable.class.getResourceAsStream("directives.table")) {
      if (table == null) {
        throw new IllegalStateException("directives.table is missing");
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(table, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          directives.add(directive(line.split("\\|", COLUMNS)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(directives);
  }

  private static Directive directive(String[] columns) {
    return new Directive(
        Directive.Scope.valueOf(columns[0]),
        columns[1],
        Directive.Kind.valueOf(columns[2]),
        columns[3],
        columns[4],
        columns[5],
        ChangeClass.valueOf(columns[6]),
        columns[7]);
  }
}
