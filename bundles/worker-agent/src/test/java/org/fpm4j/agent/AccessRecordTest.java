package org.fpm4j.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AccessRecordTest {

  private static final byte[] V4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, (byte) 192, 0, 2, 7};

  private static ByteBuffer record(byte[] client) {
    ByteBuffer out = ByteBuffer.allocate(AccessRecord.MAX_BYTES).order(ByteOrder.nativeOrder());
    out.putInt(0).putInt(1).putInt(4711).putInt(404);
    out.putLong(1_000_001).putLong(2_000_002).putLong(3).putLong(4).putLong(5).putLong(6);
    out.put(client);
    out.putShort((short) 3).putShort((short) 2).putShort((short) 1).putShort((short) 0);
    out.putShort((short) 2).putShort((short) 2).putInt(0);
    put(out, "GET/aqme");
    out.put((byte) 'e').put((byte) 4).putShort((short) 3);
    put(out, "HOSTorg");
    out.put((byte) 'o').put((byte) 1).putShort((short) 0);
    put(out, "X");
    return out.putInt(0, out.position()).flip();
  }

  private static void put(ByteBuffer out, String text) {
    out.put(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void readsEveryField() throws ControlProtocolException {
    ByteBuffer bytes = record(V4);
    assertEquals(
        new AccessRecord(
            4711,
            404,
            1_000_001,
            2_000_002,
            3,
            4,
            5,
            6,
            "192.0.2.7",
            "GET",
            "/a",
            "q",
            "",
            "me",
            Map.of("HOST", "org"),
            Map.of("X", "")),
        AccessRecord.take(bytes));
    assertEquals(0, bytes.remaining());
  }

  @Test
  void waitsForTheWholeRecord() throws ControlProtocolException {
    ByteBuffer bytes = record(V4);
    int length = bytes.limit();
    for (int limit = 0; limit < length; limit++) {
      bytes.limit(limit);
      assertNull(AccessRecord.take(bytes));
      assertEquals(0, bytes.position());
    }
  }

  @Test
  void refusesWhatIsNoRecord() {
    for (int length : new int[] {-1, 0, 95, AccessRecord.MAX_BYTES + 1}) {
      assertThrows(
          ControlProtocolException.class,
          () -> AccessRecord.take(record(V4).putInt(0, length)),
          "length " + length);
    }
    assertThrows(ControlProtocolException.class, () -> AccessRecord.take(record(V4).putInt(4, 2)));
    assertThrows(
        ControlProtocolException.class,
        () -> AccessRecord.take(record(V4).putShort(88, (short) -1)));
  }

  @Test
  void survivesNoise() {
    Random random = new Random(4711);
    for (int round = 0; round < 20_000; round++) {
      ByteBuffer bytes = record(V4);
      for (int flips = random.nextInt(6); flips >= 0; flips--) {
        bytes.put(4 + random.nextInt(bytes.limit() - 4), (byte) random.nextInt());
      }
      try {
        AccessRecord.take(bytes);
      } catch (ControlProtocolException refused) {
        assertEquals(0, bytes.position());
      }
    }
  }

  @Test
  void writesAddressesAsInetNtop() {
    assertEquals("", ClientAddress.text(new byte[16]));
    assertEquals("192.0.2.7", ClientAddress.text(V4));
    assertEquals("::1", address(0, 0, 0, 0, 0, 0, 0, 1));
    assertEquals("2001:db8::1:0:0:1", address(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1));
    assertEquals("2001:db8:0:1:1:1:1:1", address(0x2001, 0xdb8, 0, 1, 1, 1, 1, 1));
    assertEquals("fe80::", address(0xfe80, 0, 0, 0, 0, 0, 0, 0));
    assertEquals("1:2:3:4:5:6:7:8", address(1, 2, 3, 4, 5, 6, 7, 8));
  }

  private static String address(int... groups) {
    ByteBuffer bytes = ByteBuffer.allocate(16);
    for (int group : groups) {
      bytes.putShort((short) group);
    }
    return ClientAddress.text(bytes.array());
  }
}
