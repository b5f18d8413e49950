package org.fpm4j.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the rows of {@code directives.table}, which lies beside this class. */
final class DirectiveTable {

  static final List<Directive> ALL = read();
  static final List<Directive> GLOBAL = of(Directive.Scope.GLOBAL);
  static final List<Directive> POOL = of(Directive.Scope.POOL);

  private static final int COLUMNS = 8;

  private DirectiveTable() {}

  private static List<Directive> of(Directive.Scope scope) {
    return ALL.stream().filter(directive -> directive.scope() == scope).toList();
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
