package org.fpm4j.itests;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a packaged bundle's jar says about its wiring.
 *
 * @param folder its folder under {@code bundles/}
 * @param exported its Export-Package
 * @param imports names of its Import-Package
 * @param packages names of the imports and of all packages in the jar
 */
record PackagedBundle(
    String folder, List<Clause> exported, Set<String> imports, Set<String> packages) {

  private static final String PREFIX = "org.fpm4j.";

  /** A comma separates clauses unless it is quoted, as in {@code version="[1,2)"}. */
  private static final Pattern CLAUSE = Pattern.compile("(?:[^,\"]|\"[^\"]*\")+");

  /**
   * A clause of a manifest header, as bnd writes it: one package each.
   *
   * @param name the package
   * @param attributes the rest
   */
  record Clause(String name, String attributes) {

    private static Clause of(String text) {
      int semicolon = text.indexOf(';');
      return semicolon < 0
          ? new Clause(text, "")
          : new Clause(text.substring(0, semicolon), text.substring(semicolon));
    }
  }

  static boolean isOurs(Path jar) {
    return jar.getFileName().toString().startsWith(PREFIX);
  }

  static PackagedBundle read(Path file) throws IOException {
    try (JarFile jar = new JarFile(file.toFile())) {
      Attributes manifest = jar.getManifest().getMainAttributes();
      List<Clause> exported = clauses(manifest.getValue("Export-Package"));
      Set<String> imports =
          clauses(manifest.getValue("Import-Package")).stream()
              .map(Clause::name)
              .collect(Collectors.toCollection(TreeSet::new));
      Set<String> packages = new TreeSet<>(imports);
      jar.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.endsWith(".class"))
          .forEach(name -> packages.add(packageOf(name)));
      String symbolicName = manifest.getValue("Bundle-SymbolicName");
      return new PackagedBundle(
          symbolicName.substring(PREFIX.length()), exported, imports, packages);
    }
  }

  private static String packageOf(String classEntry) {
    return classEntry.substring(0, classEntry.lastIndexOf('/') + 1).replace('/', '.');
  }

  private static List<Clause> clauses(String header) {
    return CLAUSE
        .matcher(header == null ? "" : header)
        .results()
        .map(MatchResult::group)
        .map(Clause::of)
        .toList();
  }
}
