package org.fpm4j.process.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Those who asked for a pool's reload and wait for its end. Event loop only. */
final class ReloadWaiters {

  private final List<CompletableFuture<String>> waiting = new ArrayList<>();

  /** Returns what will hear of the end. */
  CompletableFuture<String> add() {
    CompletableFuture<String> waiter = new CompletableFuture<>();
    waiting.add(waiter);
    return waiter;
  }

  void done(String text) {
    taken().forEach(waiter -> waiter.complete(text));
  }

  void failed(String reason) {
    taken().forEach(waiter -> waiter.completeExceptionally(new IllegalStateException(reason)));
  }

  /** Who is told may ask for the next reload at once. */
  private List<CompletableFuture<String>> taken() {
    List<CompletableFuture<String>> taken = List.copyOf(waiting);
    waiting.clear();
    return taken;
  }
}
