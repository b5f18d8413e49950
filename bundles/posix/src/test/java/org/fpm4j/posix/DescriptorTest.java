package org.fpm4j.posix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DescriptorTest {
  @Test
  void closingTwiceDoesNotCloseTheNumbersNextOwner() throws Exception {
    Descriptor first = Descriptor.ofNull();
    int number = first.number();
    first.close();
    try (Descriptor next = Descriptor.ofNull()) {
      assertEquals(number, next.number(), "the lowest free number is given again");
      first.close();
      assertTrue(next.isBlocking());
    }
  }

  @Test
  void refusesToNameAClosedDescriptor() throws Exception {
    Descriptor descriptor = Descriptor.ofNull();
    descriptor.close();
    assertThrows(IllegalStateException.class, descriptor::number);
    assertThrows(IllegalStateException.class, descriptor::release);
    assertEquals("fd closed", descriptor.toString());
  }

  @Test
  void releasedDescriptorStaysOpen() throws Exception {
    Descriptor descriptor = Descriptor.ofNull();
    int number = descriptor.release();
    assertFalse(descriptor.isOpen());
    descriptor.close();
    try (Descriptor again = Descriptor.of(number)) {
      assertTrue(again.isBlocking());
    }
  }

  @Test
  void pipeHoldsWhatItWasAskedTo() throws Exception {
    Descriptor.Pipe pipe = Descriptor.pipe();
    try (Descriptor read = pipe.read();
        Descriptor write = pipe.write()) {
      assertTrue(read.pipeCapacity(1 << 17));
      write.configureBlocking(false);
      ByteBuffer bytes = ByteBuffer.allocate(1 << 18);
      while (write.write(bytes) != Descriptor.WOULD_BLOCK) {
        assertTrue(bytes.hasRemaining(), "the pipe fills");
      }
      assertEquals(1 << 17, bytes.position());
    }
  }

  @Test
  void duplicateHasAtLeastTheNumberAskedFor() throws Exception {
    try (Descriptor one = Descriptor.ofNull();
        Descriptor two = one.duplicate(500)) {
      assertTrue(two.number() >= 500);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void pipeCarriesBytesAndTellsEmptyFromEnded(boolean direct) throws Exception {
    Descriptor.Pipe pipe = Descriptor.pipe();
    ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(16) : ByteBuffer.allocate(16);
    pipe.read().configureBlocking(false);
    assertFalse(pipe.read().isBlocking());
    assertEquals(Descriptor.WOULD_BLOCK, pipe.read().read(buffer));

    buffer.position(3).put("abcde".getBytes(US_ASCII)).flip().position(3);
    assertEquals(5, pipe.write().write(buffer));
    assertEquals(8, buffer.position());

    buffer.clear().position(1);
    assertEquals(5, pipe.read().read(buffer));
    assertEquals(6, buffer.position());
    byte[] read = new byte[5];
    buffer.get(1, read);
    assertEquals("abcde", new String(read, US_ASCII));

    pipe.write().close();
    assertEquals(Descriptor.END, pipe.read().read(buffer));
    pipe.read().close();
  }

  @Test
  void writingWithoutAReaderIsAnErrorAndNoSignal() throws Exception {
    Descriptor.Pipe pipe = Descriptor.pipe();
    pipe.read().close();
    try (Descriptor write = pipe.write()) {
      PosixException refused =
          assertThrows(PosixException.class, () -> write.write(ByteBuffer.allocate(1)));
      assertEquals(Errno.EPIPE, refused.errno());
      assertEquals("EPIPE", refused.errnoName());
      assertEquals("write(" + write + "): Broken pipe (32)", refused.getMessage());
    }
  }

  @Test
  void refusesToReadIntoAFullBuffer() throws Exception {
    try (Descriptor descriptor = Descriptor.ofNull()) {
      assertThrows(IllegalArgumentException.class, () -> descriptor.read(ByteBuffer.allocate(0)));
    }
  }

  @Test
  void heapBufferLargerThanTheCopyIsMovedInParts() throws Exception {
    Descriptor.Pipe pipe = Descriptor.pipe();
    ByteBuffer bytes = ByteBuffer.allocate(20_000);
    for (int i = 0; i < bytes.capacity(); i++) {
      bytes.put(i, (byte) i);
    }
    ByteBuffer received = ByteBuffer.allocate(20_000);
    while (bytes.hasRemaining()) {
      pipe.write().write(bytes);
    }
    while (received.hasRemaining()) {
      pipe.read().read(received);
    }
    assertEquals(bytes.clear(), received.clear());
    pipe.read().close();
    pipe.write().close();
  }
}
