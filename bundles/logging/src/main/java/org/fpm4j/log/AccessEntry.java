package org.fpm4j.log;

import java.util.Optional;

/**
 * What an access log shows of one finished request. Texts hold bytes as they were sent, each as a
 * character of ISO 8859-1, and are empty if the request had none.
 */
public interface AccessEntry {

  /** Process id of the worker. */
  long pid();

  /** Process id of the worker's parent. */
  long parentPid();

  /** Status of the answer, 0 if the program gave none. */
  int status();

  /** End of the request, microseconds since 1970. */
  long finishMicros();

  /** From the accept to the end. */
  long durationMicros();

  /** CPU time in user mode. */
  long userMicros();

  /** CPU time in the kernel. */
  long systemMicros();

  /** PHP's peak memory. */
  long memoryBytes();

  /** Length of the request's body. */
  long contentLength();

  /** Address of the FastCGI client, empty on a Unix socket. */
  String client();

  String method();

  /** Path without the query. */
  String uri();

  String query();

  String script();

  /** The authenticated user. */
  String user();

  /** A parameter of the FastCGI request. */
  Optional<String> parameter(String name);

  /** A header of the answer, spelt exactly so. */
  Optional<String> header(String name);
}
