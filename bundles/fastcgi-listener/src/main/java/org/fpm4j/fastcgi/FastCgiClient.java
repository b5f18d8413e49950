package org.fpm4j.fastcgi;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A web server's side of FastCGI: one connection, one request at a time, waiting for the answer.
 * Sends and receives at the same time, so that a program that answers before it has read its input
 * does not block both. Uses the JDK alone. One thread at a time.
 */
public final class FastCgiClient implements Closeable {
  private static final int REQUEST_ID = 1;
  private static final int INPUT_BYTES = 64 * 1024;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SocketChannel channel;
  private final Selector selector;
  private final ByteBuffer input = ByteBuffer.allocateDirect(INPUT_BYTES);
  private ByteBuffer output = NOTHING;

  private FastCgiClient(SocketChannel channel, Selector selector) {
    this.channel = channel;
    this.selector = selector;
  }

  /**
   * Connects.
   *
   * @param address a {@link java.net.UnixDomainSocketAddress} or a resolved {@link
   *     java.net.InetSocketAddress}
   * @param timeout the wait for a place in the listen queue, at most
   * @throws SocketTimeoutException after that time
   * @throws IOException if nobody listens, or the path may not be used
   */
  public static FastCgiClient connect(SocketAddress address, Duration timeout) throws IOException {
    SocketChannel channel =
        address instanceof UnixDomainSocketAddress
            ? SocketChannel.open(StandardProtocolFamily.UNIX)
            : SocketChannel.open();
    try {
      connect(channel, address, timeout);
      channel.configureBlocking(false);
      Selector selector = Selector.open();
      channel.register(selector, SelectionKey.OP_READ);
      return new FastCgiClient(channel, selector);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Connects waiting, because a non-blocking connect to a Unix socket whose listen queue is full
   * fails at once and gives no event to wait for; the channel is closed from outside when time is
   * up.
   */
  private static void connect(SocketChannel channel, SocketAddress address, Duration timeout)
      throws IOException {
    Executor late = CompletableFuture.delayedExecutor(timeout.toNanos(), TimeUnit.NANOSECONDS);
    CompletableFuture<Void> expiry = CompletableFuture.runAsync(() -> closeLate(channel), late);
    try {
      channel.connect(address);
    } catch (AsynchronousCloseException e) {
      throw timedOut("connect to " + address, timeout, e);
    } finally {
      expiry.cancel(false);
    }
    if (!channel.isOpen()) {
      throw timedOut("connect to " + address, timeout, null);
    }
  }

  private static void closeLate(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException ignored) {
      // The connecting thread reports the time-out; there is no more to tell.
    }
  }

  private static SocketTimeoutException timedOut(String what, Duration timeout, Throwable cause) {
    SocketTimeoutException e =
        new SocketTimeoutException(what + " timed out after " + timeout.toMillis() + " ms");
    e.initCause(cause);
    return e;
  }

  /**
   * Sends a request and passes its output on as it comes.
   *
   * @param timeout for the whole of it
   * @throws SocketTimeoutException after that time; the connection is closed
   * @throws EOFException if the application closed the connection before it ended the request
   * @throws IOException from the connection, of the protocol, or from the listener; the connection
   *     is closed
   */
  public RequestEnd request(ClientRequest request, ResponseListener listener, Duration timeout)
      throws IOException {
    ResponseReader reader = new ResponseReader(REQUEST_ID, listener);
    RequestRecords records = new RequestRecords(REQUEST_ID, request);
    exchange(records::next, reader, () -> reader.requestEnd() != null, timeout);
    // What is not sent yet cannot be taken back: the next request would start in the midst of it.
    if (!request.keepConnection() || output.hasRemaining() || records.next().hasRemaining()) {
      close();
    }
    return reader.requestEnd();
  }

  /**
   * Sends a request and collects its output; as {@link #request(ClientRequest, ResponseListener,
   * Duration)}.
   *
   * @return the response; all of its output is in memory
   */
  public ClientResponse request(ClientRequest request, Duration timeout) throws IOException {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    ResponseListener collector =
        new ResponseListener() {
          @Override
          public void stdout(ByteBuffer bytes) {
            stdout.writeBytes(bytesOf(bytes));
          }

          @Override
          public void stderr(ByteBuffer bytes) {
            stderr.writeBytes(bytesOf(bytes));
          }
        };
    RequestEnd end = request(request, collector, timeout);
    return new ClientResponse(
        ByteBuffer.wrap(stdout.toByteArray()), ByteBuffer.wrap(stderr.toByteArray()), end);
  }

  private static byte[] bytesOf(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /**
   * Asks the application about itself, specification section 4.1; the connection stays open.
   *
   * @param names FCGI_MAX_CONNS, FCGI_MAX_REQS, FCGI_MPXS_CONNS
   * @return the values of those it knows
   * @throws IOException as of {@link #request(ClientRequest, ResponseListener, Duration)}
   */
  public Map<String, String> values(Set<String> names, Duration timeout) throws IOException {
    Map<String, String> question = new LinkedHashMap<>();
    names.forEach(name -> question.put(name, ""));
    ByteBuffer record = new FastCgiWriter().values(RecordType.GET_VALUES, question).take();
    ResponseReader reader = new ResponseReader(REQUEST_ID, null);
    exchange(() -> record, reader, () -> reader.values() != null, timeout);
    return reader.values();
  }

  /** Whether a further request may be sent. */
  public boolean isOpen() {
    return channel.isOpen();
  }

  /** Sends what {@code records} gives, and reads, until {@code done}. */
  private void exchange(
      Supplier<ByteBuffer> records, ResponseReader reader, BooleanSupplier done, Duration timeout)
      throws IOException {
    boolean complete = false;
    try {
      FastCgiParser parser = new FastCgiParser(reader);
      long deadline = System.nanoTime() + timeout.toNanos();
      IOException sendFailure = null;
      SelectionKey key = channel.keyFor(selector);
      while (!done.getAsBoolean()) {
        if (sendFailure == null && !output.hasRemaining()) {
          output = records.get();
        }
        boolean sending = sendFailure == null && output.hasRemaining();
        key.interestOps(SelectionKey.OP_READ | (sending ? SelectionKey.OP_WRITE : 0));
        await(deadline, timeout);
        if (sending && key.isWritable()) {
          sendFailure = send();
        }
        if (key.isReadable() && !receive(parser)) {
          throw closedEarly(sendFailure);
        }
      }
      complete = sendFailure == null;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      if (!complete) {
        close();
      }
    }
  }

  private void await(long deadline, Duration timeout) throws IOException {
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      throw timedOut("FastCGI request", timeout, null);
    }
    selector.select(TimeUnit.NANOSECONDS.toMillis(left) + 1);
    selector.selectedKeys().clear();
    if (Thread.currentThread().isInterrupted()) {
      throw new IOException("interrupted while waiting for a FastCGI response");
    }
  }

  /**
   * Returns the failure instead of throwing it: what the application has answered can still be
   * read.
   */
  private IOException send() {
    try {
      channel.write(output);
      return null;
    } catch (IOException e) {
      return e;
    }
  }

  /** Returns false at the end of the connection. */
  private boolean receive(FastCgiParser parser) throws IOException {
    input.clear();
    if (channel.read(input) < 0) {
      return false;
    }
    parser.parse(input.flip());
    return true;
  }

  private static IOException closedEarly(IOException sendFailure) {
    EOFException e = new EOFException("connection closed before END_REQUEST");
    e.initCause(sendFailure);
    return e;
  }

  /** Closes the connection; the application notices at its next read or write. */
  @Override
  public void close() throws IOException {
    channel.close();
    selector.close();
  }
}
