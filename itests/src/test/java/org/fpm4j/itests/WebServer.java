package org.fpm4j.itests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An nginx of its own that passes every request to one pool, on kept-alive connections. */
final class WebServer implements AutoCloseable {

  private static final String CONFIGURATION =
      """
      daemon off;
      pid %1$s/nginx.pid;
      error_log %1$s/nginx.log warn;
      worker_processes 1;
      events { worker_connections 256; }
      http {
        access_log off;
        client_body_temp_path %1$s/nginx-body;
        proxy_temp_path %1$s/nginx-proxy;
        fastcgi_temp_path %1$s/nginx-fastcgi;
        uwsgi_temp_path %1$s/nginx-uwsgi;
        scgi_temp_path %1$s/nginx-scgi;
        upstream pool { server unix:%2$s; keepalive 8; }
        server {
          listen 127.0.0.1:%3$d;
          location / {
            root %4$s;
            fastcgi_keep_conn on;
            fastcgi_pass pool;
            include /etc/nginx/fastcgi_params;
            fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
          }
        }
      }
      """;

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process process;
  private final Path log;
  private final int port;

  private WebServer(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /** Starts it in front of a pool of the site, for the site's scripts. */
  static WebServer inFrontOf(Site site, String pool) throws IOException {
    int port = freePort();
    Path root = site.path("");
    String text = CONFIGURATION.formatted(root, site.socket(pool), port, site.path("www"));
    Path file = site.write(site.path("nginx.conf"), text);
    Process process =
        new ProcessBuilder(List.of("nginx", "-c", file.toString(), "-p", root.toString()))
            .redirectErrorStream(true)
            .redirectOutput(site.path("nginx.out").toFile())
            .start();
    WebServer server = new WebServer(process, site.path("nginx.log"), port);
    Await.until(
        "nginx",
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError("nginx ended: " + Files.readString(site.path("nginx.out")));
          }
          return Files.exists(site.path("nginx.pid"));
        });
    return server;
  }

  /** Returns a TCP port nobody has now. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Fetches a page; its status must be 200. */
  String get(String path) throws IOException {
    return send(request(path).build());
  }

  /** Posts a body to a page and returns the answer's; its status must be 200. */
  String post(String path, String body) throws IOException {
    return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  private HttpRequest.Builder request(String path) {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return HttpRequest.newBuilder(uri).timeout(PoolClient.TIMEOUT);
  }

  private String send(HttpRequest request) throws IOException {
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IOException("status " + response.statusCode() + ": " + response.body());
      }
      return response.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Returns its error log. */
  String errors() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
