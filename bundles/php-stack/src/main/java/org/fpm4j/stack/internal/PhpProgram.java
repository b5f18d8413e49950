package org.fpm4j.stack.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A PHP program file: which version it is, and where it keeps its state before the kernel moves it.
 *
 * @param layout of its version
 * @param programHeaders address its program headers were linked for
 * @param executorGlobals address of {@code executor_globals} as linked
 * @param sapiGlobals address of {@code sapi_globals} as linked
 */
record PhpProgram(ZendLayout layout, long programHeaders, long executorGlobals, long sapiGlobals) {

  private static final String EXECUTOR_GLOBALS = "executor_globals";
  private static final String SAPI_GLOBALS = "sapi_globals";

  /** {@code ZEND_MODULE_BUILD_ID}, by which PHP refuses extensions made for another version. */
  private static final Pattern BUILD_ID = Pattern.compile("API(20\\d{6}),(N?TS)(,debug)?\\x00");

  /**
   * Finds out about a program.
   *
   * @param file open for reading; any file
   * @param name of the program, for messages
   * @throws NoPhpStackException if it is not PHP, or a PHP whose stacks cannot be read
   */
  static PhpProgram of(FileChannel file, String name) throws NoPhpStackException {
    try {
      ElfImage image = new ElfImage(file);
      Optional<String> buildId = image.constant(BUILD_ID);
      if (buildId.isEmpty()) {
        throw new NoPhpStackException("no PHP stack: " + name + " is not PHP");
      }
      return of(image, name, buildId.get());
    } catch (IOException e) {
      throw new NoPhpStackException("no PHP stack: " + name + ": " + e.getMessage());
    }
  }

  private static PhpProgram of(ElfImage image, String name, String buildId)
      throws IOException, NoPhpStackException {
    if (!buildId.contains(",NTS")) {
      throw new NoPhpStackException(
          "no PHP stack: " + name + " is a thread-safe (ZTS) build, which is not supported");
    }
    int moduleApi = Integer.parseInt(buildId.substring(3, 11));
    ZendLayout layout =
        ZendLayout.ofModuleApi(moduleApi)
            .orElseThrow(
                () ->
                    new NoPhpStackException(
                        "no PHP stack: %s has module API %d, and only PHP 7.4 to 8.5 are known"
                            .formatted(name, moduleApi)));
    Map<String, Long> symbols = image.symbols(Set.of(EXECUTOR_GLOBALS, SAPI_GLOBALS));
    if (symbols.size() < 2) {
      throw new NoPhpStackException(
          "no PHP stack: " + name + " was stripped of the symbol executor_globals");
    }
    return new PhpProgram(
        layout, image.programHeaders(), symbols.get(EXECUTOR_GLOBALS), symbols.get(SAPI_GLOBALS));
  }

  /**
   * Returns where the state is in a process.
   *
   * @param loadedHeaders address of the program headers in the process, {@code AT_PHDR}
   */
  PhpAddresses at(long loadedHeaders) {
    long moved = loadedHeaders - programHeaders;
    return new PhpAddresses(layout, executorGlobals + moved, sapiGlobals + moved);
  }
}
