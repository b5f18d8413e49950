package org.fpm4j.process.internal;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.fpm4j.config.ListenSettings;
import org.fpm4j.listener.ListeningSocket;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.process.SlowRequest;

/**
 * What pools are made with.
 *
 * @param log the error log
 * @param launcher starts zygotes
 * @param sockets opens listening sockets
 * @param orphans follows workers whose zygote died
 * @param takeover finds what a dead master left serving
 * @param run where pools keep what outlives the master
 * @param oom tells of kills for want of memory
 * @param slowRequests is told of slow requests, and returns at once
 * @param accessWriters starts the threads of access logs
 */
record PoolParts(
    ErrorLog log,
    ZygoteLauncher launcher,
    SocketOpener sockets,
    OrphanWatch orphans,
    Takeover takeover,
    RunDirectory run,
    OomEvents oom,
    Consumer<SlowRequest> slowRequests,
    AccessWriters accessWriters) {

  /** Opens and changes listening sockets. */
  interface SocketOpener {

    /**
     * Opens a listening socket.
     *
     * @throws IOException in php-fpm's words, naming the address
     */
    ListeningSocket open(ListenSettings listen) throws IOException;

    /**
     * Takes over a listening socket that a zygote handed over.
     *
     * @throws IOException if it is not one, or listens elsewhere
     */
    ListeningSocket adopt(Descriptor descriptor, String address) throws IOException;

    /**
     * Takes over a socket that was being left when the former master died: its path may be another
     * one's by now.
     *
     * @throws IOException if it does not listen, or elsewhere
     */
    ListeningSocket adoptFormer(Descriptor descriptor, String address) throws IOException;

    /**
     * Closes the sockets this process was given by an earlier master that nobody has opened.
     *
     * @return their names
     */
    List<String> closeForgotten();

    /**
     * Gives an open socket another backlog, owner, mode and access list.
     *
     * @throws IOException in php-fpm's words
     */
    void reconfigure(ListeningSocket socket, ListenSettings listen) throws IOException;
  }
}
