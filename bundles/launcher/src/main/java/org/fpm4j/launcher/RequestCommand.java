package org.fpm4j.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fpm4j.fastcgi.ClientRequest;
import org.fpm4j.fastcgi.FastCgiClient;
import org.fpm4j.fastcgi.ProtocolStatus;
import org.fpm4j.fastcgi.RequestEnd;
import org.fpm4j.fastcgi.ResponseListener;
import org.fpm4j.fastcgi.Role;

/**
 * {@code fpm4j request}: asks a pool for a script as a web server would, and prints header and body
 * as the worker gave them; what it says for the error log goes to standard error.
 */
final class RequestCommand {

  private static final int DEFAULT_TIMEOUT_SECONDS = 60;

  private final SocketAddress address;
  private final Map<String, String> params;
  private final byte[] body;
  private final boolean keep;
  private final Duration timeout;
  private final InputStream in;

  /**
   * Reads the options; asks the master for the pool's address if none is given.
   *
   * @param in the request's body with {@code --data -}; with {@code --keep} its end ends the
   *     command
   */
  RequestCommand(Options options, InputStream in) throws CommandFailure {
    this.in = in;
    this.keep = options.flag("--keep");
    this.timeout = Duration.ofSeconds(options.seconds("--timeout", DEFAULT_TIMEOUT_SECONDS));
    Optional<String> data = options.value("--data");
    String method = options.value("--method").orElse(data.isPresent() ? "POST" : "GET");
    Optional<String> uri = options.value("--uri");
    Optional<String> pool = options.value("--pool");
    Optional<String> listen = options.value("--listen");
    Path runPath = Main.runPath(options);
    Path script = Path.of(options.operands(1, 1).get(0)).toAbsolutePath().normalize();
    if (pool.isPresent() == listen.isPresent()) {
      throw CommandFailure.usage("give either --pool NAME or --listen ADDRESS");
    }
    this.body = data.isPresent() ? body(data.get()) : new byte[0];
    this.params = params(script, uri.orElse("/" + script.getFileName()), method, body.length);
    this.address = address(listen.isPresent() ? listen.get() : ask(runPath, pool.orElseThrow()));
  }

  /** Returns 0 if the worker served the request, whatever its HTTP status, 1 if it did not. */
  int run(PrintStream out, PrintStream err) throws CommandFailure {
    try (FastCgiClient client = FastCgiClient.connect(address, timeout)) {
      RequestEnd end =
          client.request(
              new ClientRequest(Role.RESPONDER, params, ByteBuffer.wrap(body), keep),
              new Copy(out, err),
              timeout);
      out.flush();
      if (end.protocolStatus() != ProtocolStatus.REQUEST_COMPLETE) {
        throw new CommandFailure(ExitCode.FAILED, "request refused: " + end.protocolStatus());
      }
      if (keep) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return end.appStatus() == 0 ? ExitCode.OK : ExitCode.FAILED;
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.FAILED, "request to " + address + " failed: " + e, e);
    }
  }

  private static String ask(Path runPath, String pool) throws CommandFailure {
    ByteArrayOutputStream reply = new ByteArrayOutputStream();
    int exitCode =
        CommandChannel.ask(RunDirectory.existing(runPath), List.of("address", pool), reply, reply);
    String text = reply.toString(StandardCharsets.UTF_8).strip();
    if (exitCode != ExitCode.OK) {
      throw new CommandFailure(exitCode, text);
    }
    return text;
  }

  /**
   * Reads an address in php-fpm's forms: a path, {@code host:port}, {@code [v6]:port} or a port; of
   * one that means every address of the machine, the loopback.
   */
  static SocketAddress address(String listen) throws CommandFailure {
    if (listen.startsWith("/")) {
      return UnixDomainSocketAddress.of(listen);
    }
    int colon = listen.lastIndexOf(':');
    String host = listen.substring(0, Math.max(colon, 0)).replaceAll("[\\[\\]]", "");
    boolean anyAddress = host.isEmpty() || host.equals("*") || host.equals("0.0.0.0");
    try {
      InetSocketAddress address =
          new InetSocketAddress(
              anyAddress ? "127.0.0.1" : host.equals("::") ? "::1" : host,
              Integer.parseInt(listen.substring(colon + 1)));
      if (!address.isUnresolved()) {
        return address;
      }
    } catch (IllegalArgumentException ignored) {
      // not a port: answered below together with hosts that have no address
    }
    throw CommandFailure.usage(
        "address '" + listen + "', legal are /path, host:port, [v6]:port and port");
  }

  private byte[] body(String data) throws CommandFailure {
    try {
      if (data.equals("-")) {
        return in.readAllBytes();
      }
      return data.startsWith("@")
          ? Files.readAllBytes(Path.of(data.substring(1)))
          : data.getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.FAILED, "cannot read the data: " + e, e);
    }
  }

  /** The variables nginx's {@code fastcgi_params} sends. */
  private static Map<String, String> params(Path script, String uri, String method, int length) {
    int question = uri.indexOf('?');
    String path = question < 0 ? uri : uri.substring(0, question);
    Map<String, String> params = new LinkedHashMap<>();
    params.put("QUERY_STRING", question < 0 ? "" : uri.substring(question + 1));
    params.put("REQUEST_METHOD", method);
    params.put("CONTENT_TYPE", length == 0 ? "" : "application/x-www-form-urlencoded");
    params.put("CONTENT_LENGTH", length == 0 ? "" : Integer.toString(length));
    params.put("SCRIPT_FILENAME", script.toString());
    params.put("SCRIPT_NAME", path);
    params.put("REQUEST_URI", uri);
    params.put("DOCUMENT_URI", path);
    params.put("DOCUMENT_ROOT", script.getParent() == null ? "/" : script.getParent().toString());
    params.put("SERVER_PROTOCOL", "HTTP/1.1");
    params.put("REQUEST_SCHEME", "http");
    params.put("GATEWAY_INTERFACE", "CGI/1.1");
    params.put("SERVER_SOFTWARE", "fpm4j");
    params.put("REMOTE_ADDR", "127.0.0.1");
    params.put("REMOTE_PORT", "0");
    params.put("SERVER_ADDR", "127.0.0.1");
    params.put("SERVER_PORT", "80");
    params.put("SERVER_NAME", "localhost");
    // php-cgi built with force-cgi-redirect serves nothing without it.
    params.put("REDIRECT_STATUS", "200");
    return params;
  }

  /** Copies both streams as they come. */
  private record Copy(PrintStream out, PrintStream err) implements ResponseListener {

    @Override
    public void stdout(ByteBuffer bytes) throws IOException {
      Channels.newChannel(out).write(bytes);
    }

    @Override
    public void stderr(ByteBuffer bytes) throws IOException {
      Channels.newChannel(err).write(bytes);
    }
  }
}
