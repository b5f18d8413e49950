package org.fpm4j.posix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.fpm4j.posix.SocketMessages.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SocketMessagesTest {
  private Descriptor here;
  private Descriptor there;

  @BeforeEach
  void connect() throws Exception {
    Sockets.Pair pair = Sockets.pair(Sockets.Type.SEQPACKET);
    here = pair.first();
    there = pair.second();
    here.configureBlocking(false);
    there.configureBlocking(false);
  }

  @AfterEach
  void close() {
    here.close();
    there.close();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(US_ASCII));
  }

  private static String text(Message message) {
    return US_ASCII.decode(message.bytes()).toString();
  }

  @Test
  void keepsMessagesApart() throws Exception {
    assertTrue(SocketMessages.send(here, bytes("one"), List.of()));
    assertTrue(SocketMessages.send(here, bytes("three"), List.of()));
    assertEquals("one", text(SocketMessages.receive(there, 100, 0).orElseThrow()));
    assertEquals("three", text(SocketMessages.receive(there, 100, 0).orElseThrow()));
    assertEquals(Optional.empty(), SocketMessages.receive(there, 100, 0));
  }

  @Test
  void descriptorsArriveInOrderAndCloseOnExec() throws Exception {
    Descriptor.Pipe pipe = Descriptor.pipe();
    try (EventDescriptor event = EventDescriptor.open()) {
      List<Descriptor> sent = List.of(pipe.write(), event.descriptor(), pipe.read());
      assertTrue(SocketMessages.send(here, bytes("fds"), sent));
    }
    pipe.write().close();
    pipe.read().close();

    Message message = SocketMessages.receive(there, 100, 8).orElseThrow();
    assertEquals("fds", text(message));
    assertEquals(3, message.descriptors().size());
    assertFalse(message.truncated());
    message.descriptors().get(0).write(bytes("through"));
    ByteBuffer read = ByteBuffer.allocate(16);
    assertEquals(7, message.descriptors().get(2).read(read));
    EventDescriptor received = EventDescriptor.of(message.descriptors().get(1));
    received.signal();
    assertEquals(1, received.drain());
    for (Descriptor descriptor : message.descriptors()) {
      String info = Files.readString(Path.of("/proc/self/fdinfo/" + descriptor.number()));
      assertTrue(info.lines().anyMatch(line -> line.matches("flags:\\s*02\\d{6}")), info);
    }
    message.closeDescriptors();
  }

  @Test
  void saysWhenBytesOrDescriptorsWereLost() throws Exception {
    SocketMessages.send(here, bytes("longer than that"), List.of());
    assertTrue(SocketMessages.receive(there, 4, 0).orElseThrow().truncated());

    SocketMessages.send(here, bytes("x"), Collections.nCopies(5, here));
    var before = OpenDescriptors.now();
    Message message = SocketMessages.receive(there, 4, 2).orElseThrow();
    assertTrue(message.truncated());
    message.closeDescriptors();
    assertEquals(before, OpenDescriptors.now());
  }

  @Test
  void carriesAsManyDescriptorsAsTheKernelAllows() throws Exception {
    List<Descriptor> many = Collections.nCopies(SocketMessages.MAX_DESCRIPTORS, here);
    assertTrue(SocketMessages.send(here, bytes("x"), many));
    Message message = SocketMessages.receive(there, 4, many.size()).orElseThrow();
    assertEquals(many.size(), message.descriptors().size());
    message.closeDescriptors();
  }

  @Test
  void closeOfTheOtherSideIsAnEnd() throws Exception {
    here.close();
    assertTrue(SocketMessages.receive(there, 100, 1).orElseThrow().isEnd());
    PosixException refused =
        assertThrows(PosixException.class, () -> SocketMessages.send(there, bytes("x"), List.of()));
    assertEquals(Errno.EPIPE, refused.errno());
  }

  @Test
  void fullSocketTakesNothing() throws Exception {
    ByteBuffer block = ByteBuffer.allocate(4096);
    while (SocketMessages.send(here, block, List.of())) {
      block.clear();
    }
    assertEquals(0, block.position());
  }

  @Test
  void refusesAnEmptyMessageThatWouldLookLikeTheEnd() {
    assertThrows(
        IllegalArgumentException.class,
        () -> SocketMessages.send(here, ByteBuffer.allocate(0), List.of()));
  }
}
