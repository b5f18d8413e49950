package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the packaged bundles to the arrows drawn in {@code bundles/README.md}. */
final class ArchitectureIT {

  private static final Path HOME = Path.of(System.getProperty("org.fpm4j.home"));

  /** What every master loads, and what is there for who wants it. */
  private static final List<Path> PACKAGED =
      List.of(HOME.resolve("bundles"), HOME.resolve("share/bundles"));

  private static final Path DRAWING =
      Path.of(System.getProperty("basedir", "."), "../bundles/README.md");
  private static final Pattern ARROW = Pattern.compile("(?m)^ *([a-z-]+) +─+▶ (.+)$");
  private static final String NOBODY = "nobody";
  private static final Set<String> LIBC_LAYERS = Set.of("jnr.", "com.kenai.", "sun.");

  /** The bundles by folder: {@code posix}, {@code event-loop}, … */
  private static Map<String, PackagedBundle> bundles;

  @BeforeAll
  static void readBundles() throws IOException {
    bundles = new TreeMap<>();
    for (Path directory : PACKAGED) {
      try (Stream<Path> jars = Files.list(directory)) {
        for (Path jar : jars.filter(PackagedBundle::isOurs).toList()) {
          PackagedBundle bundle = PackagedBundle.read(jar);
          bundles.put(bundle.folder(), bundle);
        }
      }
    }
  }

  @Test
  void bundlesUseEachOtherAsDrawn() throws IOException {
    Map<String, Set<String>> used = new TreeMap<>();
    bundles.forEach((folder, bundle) -> used.put(folder, usedBy(bundle)));
    assertEquals(drawn(), used);
  }

  @Test
  void drawnArrowsNeverLeadBack() throws IOException {
    Map<String, Set<String>> left = drawn();
    while (!left.isEmpty()) {
      List<String> ends =
          left.keySet().stream().filter(folder -> left.get(folder).isEmpty()).toList();
      assertFalse(ends.isEmpty(), () -> "a cycle among " + left.keySet());
      left.keySet().removeAll(ends);
      left.values().forEach(targets -> targets.removeAll(ends));
    }
  }

  @Test
  void everyShippedBundleHasItsPlaceInTheOrderOfStart() throws IOException {
    Path order = HOME.resolve("lib/start-order");
    try (Stream<Path> jars = Files.list(HOME.resolve("bundles"));
        Stream<String> lines = Files.lines(order)) {
      assertEquals(
          jars.map(jar -> jar.getFileName().toString()).sorted().toList(),
          lines.filter(line -> line.endsWith(".jar")).sorted().toList());
    }
  }

  @Test
  void noBundleExportsAnInternalPackage() {
    assertEquals(List.of(), exportsMatching(export -> export.name().contains(".internal")));
  }

  @Test
  void everyExportedPackageHasAVersion() {
    assertEquals(List.of(), exportsMatching(export -> !export.attributes().contains("version=")));
  }

  @Test
  void onlyPosixReachesLibc() {
    List<String> reaching =
        bundles.values().stream()
            .filter(bundle -> bundle.packages().stream().anyMatch(ArchitectureIT::isLibcLayer))
            .map(PackagedBundle::folder)
            .toList();
    assertEquals(List.of("posix"), reaching);
  }

  private static boolean isLibcLayer(String packageName) {
    return LIBC_LAYERS.stream().anyMatch(packageName::startsWith);
  }

  private static List<String> exportsMatching(Predicate<PackagedBundle.Clause> wrong) {
    return bundles.values().stream()
        .flatMap(bundle -> bundle.exported().stream())
        .filter(wrong)
        .map(PackagedBundle.Clause::name)
        .toList();
  }

  private static Set<String> usedBy(PackagedBundle user) {
    return bundles.values().stream()
        .filter(bundle -> !bundle.equals(user))
        .filter(
            bundle ->
                bundle.exported().stream().anyMatch(each -> user.imports().contains(each.name())))
        .map(PackagedBundle::folder)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Map<String, Set<String>> drawn() throws IOException {
    return ARROW
        .matcher(Files.readString(DRAWING))
        .results()
        .collect(
            Collectors.toMap(
                arrow -> arrow.group(1), ArchitectureIT::targets, (a, b) -> a, TreeMap::new));
  }

  private static Set<String> targets(MatchResult arrow) {
    return Stream.of(arrow.group(2).strip().split(", *"))
        .filter(target -> !target.equals(NOBODY))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
