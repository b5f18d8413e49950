package org.fpm4j.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client against a real php-cgi. */
@Timeout(180)
class PhpCgiClientTest {
  private static final Path PHP_CGI = Path.of("/usr/bin/php-cgi");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  private Process php;
  private UnixDomainSocketAddress address;

  @BeforeEach
  void startPhp() throws IOException {
    Assumptions.assumeTrue(Files.isExecutable(PHP_CGI), "php-cgi is not installed");
    Path socket = directory.resolve("php.sock");
    address = UnixDomainSocketAddress.of(socket);
    php =
        new ProcessBuilder(PHP_CGI.toString(), "-b", socket.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("php.log").toFile())
            .start();
  }

  @AfterEach
  void stopPhp() throws InterruptedException {
    if (php != null) {
      php.destroyForcibly().waitFor();
    }
  }

  /** Tries until php-cgi, which tells nobody that it listens, does. */
  private FastCgiClient connect() throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return FastCgiClient.connect(address, PATIENCE);
      } catch (IOException e) {
        if (System.nanoTime() > deadline || !php.isAlive()) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }

  private Map<String, String> params(String code, int contentLength) throws IOException {
    Path script = Files.writeString(directory.resolve("script.php"), "<?php " + code);
    return Map.of(
        "REQUEST_METHOD",
        contentLength > 0 ? "POST" : "GET",
        "SCRIPT_FILENAME",
        script.toString(),
        "CONTENT_LENGTH",
        Integer.toString(contentLength),
        "CONTENT_TYPE",
        "application/octet-stream",
        "REDIRECT_STATUS",
        "200");
  }

  @Test
  void runsAScript() throws IOException {
    try (FastCgiClient client = connect()) {
      ClientResponse response =
          client.request(
              ClientRequest.of(params("http_response_code(418); echo 'tea';", 0)), PATIENCE);
      assertEquals(418, response.cgi().status());
      assertEquals("tea", response.cgi().bodyText());
      assertEquals(new RequestEnd(0, ProtocolStatus.REQUEST_COMPLETE), response.end());
    }
  }

  @Test
  void sendsABodyThatThePhpScriptEchoesOnOneKeptConnection() throws IOException {
    byte[] body = "0123456789".repeat(30_000).getBytes(StandardCharsets.US_ASCII);
    Map<String, String> params = params("readfile('php://input');", body.length);
    try (FastCgiClient client = connect()) {
      for (int i = 0; i < 3; i++) {
        ClientResponse response =
            client.request(
                new ClientRequest(Role.RESPONDER, params, ByteBuffer.wrap(body), true), PATIENCE);
        assertEquals(ByteBuffer.wrap(body), response.cgi().body());
        assertTrue(client.isOpen());
      }
    }
  }

  @Test
  void asksPhpForItsValues() throws IOException {
    try (FastCgiClient client = connect()) {
      assertEquals("0", client.values(Set.of("FCGI_MPXS_CONNS"), PATIENCE).get("FCGI_MPXS_CONNS"));
    }
  }
}
