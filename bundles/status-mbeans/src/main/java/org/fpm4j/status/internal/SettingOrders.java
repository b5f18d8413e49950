package org.fpm4j.status.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.fpm4j.config.ChangeRefusedException;
import org.fpm4j.config.ConfigurationEditor;
import org.fpm4j.config.SettingWritten;

/** Changes of the configuration as operations: they last, and no caller waits long. Any thread. */
final class SettingOrders {

  private final ConfigurationEditor editor;
  private final Executor executor;

  /**
   * @param executor runs what may wait for a file
   */
  SettingOrders(ConfigurationEditor editor, Executor executor) {
    this.editor = editor;
    this.executor = executor;
  }

  /**
   * Changes a directive.
   *
   * @param pool the pool's name, empty text for the global directives
   * @param value null to take the directive out
   * @return what was written, and what that costs
   * @throws IllegalArgumentException with the reason why not
   */
  String set(String pool, String key, String value) {
    CompletableFuture<String> done = new CompletableFuture<>();
    executor.execute(
        () -> {
          try {
            editor.set(pool, key, value);
            done.complete(new SettingWritten(pool, key, value).text());
          } catch (ChangeRefusedException e) {
            done.completeExceptionally(new IllegalArgumentException(e.getMessage()));
          } catch (RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    return Order.await("change of " + key, done);
  }

  /** Has everything read anew. */
  String reread() {
    executor.execute(editor::reread);
    return "the configuration is read anew; notifications and log tell what that changes";
  }
}
