package org.fpm4j.process.internal.page;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.function.Supplier;
import org.fpm4j.config.StatusSettings;
import org.fpm4j.fastcgi.FastCgiHandler;
import org.fpm4j.fastcgi.FastCgiRequest;
import org.fpm4j.fastcgi.FastCgiResponse;
import org.fpm4j.process.PoolSnapshot;

/**
 * Answers requests for the status and the ping page of a pool with php-fpm's bytes, and every other
 * with its "File not found.": no script runs here. Called on the event loop.
 */
public final class PoolPages implements FastCgiHandler {

  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final Entry<String, String> EXPIRES =
      Map.entry("Expires", "Thu, 01 Jan 1970 00:00:00 GMT");
  private static final Entry<String, String> CACHE_CONTROL =
      Map.entry("Cache-Control", "no-cache, no-store, must-revalidate, max-age=0");

  /** PHP's default type, which a page has for which php-fpm did not come to choose one. */
  private static final Entry<String, String> DEFAULT_TYPE =
      Map.entry("Content-type", "text/html; charset=UTF-8");

  private final Supplier<StatusSettings> settings;
  private final Supplier<PoolSnapshot> snapshot;

  /**
   * Makes the pages of one pool.
   *
   * @param settings the paths in force, asked at each request
   * @param snapshot the pool as it is now, asked for a status page only
   */
  public PoolPages(Supplier<StatusSettings> settings, Supplier<PoolSnapshot> snapshot) {
    this.settings = settings;
    this.snapshot = snapshot;
  }

  @Override
  public FastCgiResponse handle(FastCgiRequest request) {
    if (!request.params().containsKey("REQUEST_METHOD")) {
      return new FastCgiResponse(NOT_FOUND, List.of(DEFAULT_TYPE), bytes(""));
    }
    boolean head = request.param("REQUEST_METHOD").equals("HEAD");
    Optional<String> uri = uri(request);
    StatusSettings now = settings.get();
    if (uri.isPresent() && uri.equals(now.pingPath())) {
      return ping(now, head);
    } else if (uri.isPresent() && uri.equals(now.statusPath())) {
      return status(request.param("QUERY_STRING"), head);
    }
    return new FastCgiResponse(
        NOT_FOUND,
        List.of(DEFAULT_TYPE),
        bytes(head ? "" : "File not found.\n"),
        bytes("Primary script unknown"));
  }

  /**
   * What php-fpm compares with the paths; empty if it would not come to that: without a script file
   * name it takes no notice of the rest. A script is not looked for, as none is run.
   */
  private static Optional<String> uri(FastCgiRequest request) {
    Map<String, String> params = request.params();
    String script = params.get("SCRIPT_FILENAME");
    String translated = params.get("PATH_TRANSLATED");
    String redirected = params.get("REDIRECT_URL");
    if (script == null && translated == null) {
      return Optional.empty();
    }
    if (script != null && translated != null && redirected != null && !translated.equals(script)) {
      return Optional.of(redirected); // Apache's, which names the PHP program as the script
    }
    return Optional.ofNullable(params.get("SCRIPT_NAME"));
  }

  private static FastCgiResponse ping(StatusSettings settings, boolean head) {
    return new FastCgiResponse(
        OK,
        List.of(PageForm.TEXT.contentType(), EXPIRES, CACHE_CONTROL),
        bytes(head ? "" : settings.pingResponse()));
  }

  private FastCgiResponse status(String query, boolean head) {
    if (head) {
      return new FastCgiResponse(OK, List.of(EXPIRES, CACHE_CONTROL, DEFAULT_TYPE), bytes(""));
    }
    PageQuery asked = PageQuery.parse(query);
    StatusPage page = new StatusPage(snapshot.get(), System.currentTimeMillis(), asked.full());
    return new FastCgiResponse(
        OK,
        List.of(EXPIRES, CACHE_CONTROL, asked.form().contentType()),
        bytes(asked.form().render(page)));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
