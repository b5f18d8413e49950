package org.fpm4j.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ControlProtocolTest {

  static List<ZygoteMessage> reports() {
    return List.of(
        new ZygoteMessage.Hello(1, 4711, 3, 64, 2, true, "www", 12, 10),
        new ZygoteMessage.Ready(),
        new ZygoteMessage.Worker(5, 4712, 123_456_789_012L, true, false, 7),
        new ZygoteMessage.Exited(5, 4712, 0x0b, 123_456_789_012L, 1_000, 2_000, 30_000, 7),
        new ZygoteMessage.ForkFailed(6, 11),
        new ZygoteMessage.Descriptors(3),
        new ZygoteMessage.Failed(1, "setuid"),
        new ZygoteMessage.Stopped());
  }

  static List<MasterMessage> orders() {
    return List.of(
        new MasterMessage.Spawn(5, true),
        new MasterMessage.Spawn(0, false),
        new MasterMessage.Stop(),
        new MasterMessage.Handover(),
        new MasterMessage.Signal(4712, 15),
        new MasterMessage.Disown(4712));
  }

  @ParameterizedTest
  @MethodSource("reports")
  void decodesEveryReportItEncodes(ZygoteMessage message) throws ControlProtocolException {
    ByteBuffer packet = ControlProtocol.encode(message);

    assertEquals(packet.limit(), packet.getInt(4), "length field");
    assertEquals(message, ControlProtocol.decodeFromZygote(packet));
  }

  @ParameterizedTest
  @MethodSource("orders")
  void decodesEveryOrderItEncodes(MasterMessage message) throws ControlProtocolException {
    ByteBuffer packet = ControlProtocol.encode(message);

    assertEquals(packet.limit(), packet.getInt(4), "length field");
    assertEquals(message, ControlProtocol.decodeFromMaster(packet));
  }

  @ParameterizedTest
  @MethodSource("reports")
  void rejectsEveryTruncatedReport(ZygoteMessage message) {
    ByteBuffer packet = ControlProtocol.encode(message);
    for (int length = 0; length < packet.limit(); length++) {
      ByteBuffer cut = packet.duplicate().limit(length);
      assertThrows(
          ControlProtocolException.class, () -> ControlProtocol.decodeFromZygote(cut), "" + length);
    }
  }

  @ParameterizedTest
  @MethodSource("orders")
  void rejectsEveryTruncatedOrder(MasterMessage message) {
    ByteBuffer packet = ControlProtocol.encode(message);
    for (int length = 0; length < packet.limit(); length++) {
      ByteBuffer cut = packet.duplicate().limit(length);
      assertThrows(
          ControlProtocolException.class, () -> ControlProtocol.decodeFromMaster(cut), "" + length);
    }
  }

  @Test
  void rejectsAnOrderAmongReportsAndTheReverse() {
    ByteBuffer order = ControlProtocol.encode(new MasterMessage.Stop());
    ByteBuffer report = ControlProtocol.encode(new ZygoteMessage.Ready());

    assertThrows(ControlProtocolException.class, () -> ControlProtocol.decodeFromZygote(order));
    assertThrows(ControlProtocolException.class, () -> ControlProtocol.decodeFromMaster(report));
  }

  @Test
  void rejectsFieldsOutOfRange() {
    ByteBuffer pid = ControlProtocol.encode(new ZygoteMessage.Worker(0, 1, 0, false, false, 1));
    pid.putInt(12, -1);
    ByteBuffer slot = ControlProtocol.encode(new ZygoteMessage.ForkFailed(0, 11));
    slot.putInt(8, -1);
    ByteBuffer truth = ControlProtocol.encode(new ZygoteMessage.Worker(0, 1, 0, false, false, 1));
    truth.putInt(24, 2);
    ByteBuffer text = ControlProtocol.encode(new ZygoteMessage.Failed(1, "setuid"));
    text.put(16, "x".repeat(64).getBytes(StandardCharsets.US_ASCII));
    ByteBuffer type = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
    type.putInt(99).putInt(8).flip();

    for (ByteBuffer packet : List.of(pid, slot, truth, text, type)) {
      assertThrows(ControlProtocolException.class, () -> ControlProtocol.decodeFromZygote(packet));
    }
  }

  @Test
  void rejectsATextThatDoesNotFit() {
    ZygoteMessage message = new ZygoteMessage.Failed(1, "x".repeat(64));

    assertThrows(IllegalArgumentException.class, () -> ControlProtocol.encode(message));
  }
}
