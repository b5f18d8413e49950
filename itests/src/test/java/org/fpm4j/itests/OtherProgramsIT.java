package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pools of programs that are not PHP. */
class OtherProgramsIT {

  private static final String PERL =
      """
      use FCGI;
      my $greeting = shift;
      my $request = FCGI::Request();
      while ($request->Accept() >= 0) {
        print "Content-Type: text/plain\\r\\n\\r\\n$greeting $$ $ENV{QUERY_STRING}";
      }
      """;

  private static final String C =
      """
      #include <fcgi_stdio.h>
      #include <stdlib.h>
      #include <unistd.h>
      int main(void) {
        while (FCGI_Accept() >= 0)
          printf("Content-Type: text/plain\\r\\n\\r\\nC %d %s", (int)getpid(), getenv("QUERY_STRING"));
        return 0;
      }
      """;

  @RegisterExtension final Site site = new Site();

  @Test
  void perlProgramServesGrowsAndReloads() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "perl");
    Path program = site.script("hello.pl", PERL);
    expectService("hello", "program = /usr/bin/perl", "program.args = " + program + " hello");
  }

  @Test
  void libfcgiProgramServesGrowsAndReloads() throws IOException {
    assumeTrue(Files.exists(Path.of("/usr/include/fcgi_stdio.h")), "libfcgi-dev");
    Path source = site.script("hello.c", C);
    Path program = site.path("hello");
    site.shell("cc", "-o", program.toString(), source.toString(), "-lfcgi").expectSuccess();
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    expectService("C", "program = " + program, "program.args =");
  }

  private void expectService(String greeting, String program, String arguments) throws IOException {
    String[] settings = {"pm = static", "pm.max_children = 2", program, arguments};
    site.pool("www", settings);
    site.start();
    List<Integer> before = site.awaitWorkers("www", 2);
    Path script = site.path("any");
    String answer = site.client("www").get(script, "q=1");
    assertTrue(answer.matches(greeting + " \\d+ q=1"), answer);
    assertTrue(before.contains(Integer.valueOf(answer.split(" ", 3)[1])));

    try (Load load = Load.of(site.client("www"), script, 2)) {
      site.command("reload").expectSuccess();
      load.awaitMore(20);
      settings[1] = "pm.max_children = 4";
      site.pool("www", settings);
      site.awaitOthers("www", before, 4);
      load.awaitMore(20);
      assertEquals(List.of(), load.failures());
    }
    assertTrue(site.status("www").number("acceptedConnections") >= 40);
  }
}
