package org.fpm4j.itests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.fpm4j.fastcgi.ClientRequest;
import org.fpm4j.fastcgi.ClientResponse;
import org.fpm4j.fastcgi.FastCgiClient;
import org.fpm4j.fastcgi.Role;

/** Asks a pool for pages, as a web server does. Any thread. */
final class PoolClient {

  /** For a whole request; what takes longer on a busy machine hangs. */
  static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final SocketAddress address;

  PoolClient(SocketAddress address) {
    this.address = address;
  }

  static PoolClient unix(Path socket) {
    return new PoolClient(UnixDomainSocketAddress.of(socket));
  }

  /**
   * Returns where a pool listens.
   *
   * @param listen as its {@code listen} says: a path, or an address and a port, taken for loopback
   */
  static SocketAddress address(String listen) {
    return listen.startsWith("/")
        ? UnixDomainSocketAddress.of(listen)
        : new InetSocketAddress(
            InetAddress.getLoopbackAddress(),
            Integer.parseInt(listen.substring(listen.indexOf(':') + 1)));
  }

  /** Returns the body of a script's answer, after {@link #request(Path, String)}. */
  String get(Path script) throws IOException {
    return get(script, "");
  }

  /** Returns the body of a script's answer to a query. */
  String get(Path script, String query) throws IOException {
    return request(script, query).cgi().bodyText();
  }

  /** Requests a script on another thread; what fails is the future's cause. */
  CompletableFuture<String> getLater(Path script) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return get(script);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Requests a page on a connection of its own. */
  ClientResponse request(Path script, String query) throws IOException {
    return request(params(script, query));
  }

  /** Requests with these parameters on a connection of its own. */
  ClientResponse request(Map<String, String> params) throws IOException {
    try (FastCgiClient client = connect()) {
      return client.request(ClientRequest.of(params), TIMEOUT);
    }
  }

  /** Sends a body to a script and returns that of its answer. */
  String post(Path script, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    Map<String, String> params = params(script, "");
    params.put("REQUEST_METHOD", "POST");
    params.put("CONTENT_TYPE", "text/plain");
    params.put("CONTENT_LENGTH", Integer.toString(bytes.length));
    try (FastCgiClient client = connect()) {
      ClientRequest request =
          new ClientRequest(Role.RESPONDER, params, ByteBuffer.wrap(bytes), false);
      return client.request(request, TIMEOUT).cgi().bodyText();
    }
  }

  /** Connects for one or more requests. */
  FastCgiClient connect() throws IOException {
    return FastCgiClient.connect(address, TIMEOUT);
  }

  /** Returns a request that leaves the connection open. */
  static ClientRequest kept(Path script) {
    return new ClientRequest(Role.RESPONDER, params(script, ""), ByteBuffer.allocate(0), true);
  }

  /** Returns what nginx's fastcgi_params would send for a script, in a map to change. */
  static Map<String, String> params(Path script, String query) {
    String name = "/" + script.getFileName();
    Map<String, String> params = new LinkedHashMap<>();
    params.put("GATEWAY_INTERFACE", "CGI/1.1");
    params.put("SERVER_PROTOCOL", "HTTP/1.1");
    params.put("SERVER_SOFTWARE", "itests");
    params.put("REQUEST_METHOD", "GET");
    params.put("QUERY_STRING", query);
    params.put("SCRIPT_FILENAME", script.toString());
    params.put("SCRIPT_NAME", name);
    params.put("REQUEST_URI", query.isEmpty() ? name : name + "?" + query);
    params.put("DOCUMENT_ROOT", script.getParent().toString());
    params.put("REDIRECT_STATUS", "200");
    params.put("REMOTE_ADDR", "127.0.0.1");
    return params;
  }
}
