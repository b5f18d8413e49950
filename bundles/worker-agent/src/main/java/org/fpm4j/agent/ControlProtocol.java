package org.fpm4j.agent;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Codec of the control protocol between master and zygote: one message is one packet of a {@code
 * SOCK_SEQPACKET} socket, in host byte order, and starts with its type and its whole length. The
 * packets are drawn in the bundle's README.
 *
 * <p>Stateless; any thread.
 */
public final class ControlProtocol {

  /** Length of the longest packet either side sends, in bytes. */
  public static final int MAX_PACKET_BYTES = 112;

  /** Room for descriptors that accompany one packet; a newer agent may send more than this one. */
  public static final int MAX_DESCRIPTORS = 8;

  private static final int HEADER_BYTES = 8;
  private static final int TEXT_BYTES = 64;
  private static final int CATCH_OUTPUT = 1;

  private ControlProtocol() {}

  /**
   * Encodes an order.
   *
   * @return a new buffer in host byte order, ready to be read
   */
  public static ByteBuffer encode(MasterMessage message) {
    if (message instanceof MasterMessage.Spawn m) {
      return packet(PacketType.SPAWN).putInt(m.slot()).putInt(m.catchOutput() ? 1 : 0).flip();
    } else if (message instanceof MasterMessage.Stop) {
      return packet(PacketType.STOP).flip();
    } else if (message instanceof MasterMessage.Handover) {
      return packet(PacketType.HANDOVER).flip();
    } else if (message instanceof MasterMessage.Signal m) {
      return packet(PacketType.SIGNAL).putInt(m.pid()).putInt(m.signo()).flip();
    }
    return packet(PacketType.DISOWN).putInt(((MasterMessage.Disown) message).pid()).flip();
  }

  /**
   * Encodes a report, as a zygote does; for tests of what reads it.
   *
   * @return a new buffer in host byte order, ready to be read
   * @throws IllegalArgumentException if a text is longer than 63 bytes
   */
  public static ByteBuffer encode(ZygoteMessage message) {
    if (message instanceof ZygoteMessage.Hello m) {
      ByteBuffer packet = packet(PacketType.HELLO).putInt(m.version()).putInt(m.zygotePid());
      packet.putInt(m.generation()).putInt(m.slots()).putInt(m.workers());
      putText(packet.putInt(m.ready() ? 1 : 0), m.pool());
      return packet.putLong(m.spawned()).putLong(m.exited()).flip();
    } else if (message instanceof ZygoteMessage.Ready) {
      return packet(PacketType.READY).flip();
    } else if (message instanceof ZygoteMessage.Worker m) {
      ByteBuffer packet = packet(PacketType.WORKER).putInt(m.slot()).putInt(m.pid());
      packet.putLong(m.startNs()).putInt(m.adopted() ? 1 : 0).putInt(m.respawned() ? 1 : 0);
      return packet.putLong(m.serial()).flip();
    } else if (message instanceof ZygoteMessage.Exited m) {
      ByteBuffer packet = packet(PacketType.EXITED).putInt(m.slot()).putInt(m.pid());
      packet.putInt(m.waitStatus()).putInt(0).putLong(m.startNs());
      packet.putLong(m.userTimeUs()).putLong(m.systemTimeUs()).putLong(m.maxRssKb());
      return packet.putLong(m.serial()).flip();
    } else if (message instanceof ZygoteMessage.ForkFailed m) {
      return packet(PacketType.FORK_FAILED).putInt(m.slot()).putInt(m.errno()).flip();
    } else if (message instanceof ZygoteMessage.Descriptors m) {
      return packet(PacketType.FDS).putInt(m.count()).flip();
    } else if (message instanceof ZygoteMessage.Failed m) {
      ByteBuffer packet = packet(PacketType.FAILED).putInt(m.errno()).putInt(0);
      putText(packet, m.step());
      return packet.flip();
    }
    return packet(PacketType.STOPPED).flip();
  }

  /**
   * Decodes a packet received from a zygote: the bytes between position and limit.
   *
   * @param packet one whole packet; its position and byte order are left as they are
   * @throws ControlProtocolException if type and length do not fit, or a field is out of its range
   */
  public static ZygoteMessage decodeFromZygote(ByteBuffer packet) throws ControlProtocolException {
    ByteBuffer in = packet.slice().order(ByteOrder.nativeOrder());
    PacketType type = header(in);
    return switch (type) {
      case HELLO -> hello(in);
      case READY -> new ZygoteMessage.Ready();
      case WORKER ->
          new ZygoteMessage.Worker(
              notNegative(in.getInt(), "slot"),
              positive(in.getInt(), "pid"),
              in.getLong(),
              truth(in.getInt(), "adopted"),
              truth(in.getInt(), "respawned"),
              in.getLong());
      case EXITED -> exited(in);
      case FORK_FAILED ->
          new ZygoteMessage.ForkFailed(notNegative(in.getInt(), "slot"), in.getInt());
      case FDS -> new ZygoteMessage.Descriptors(notNegative(in.getInt(), "count"));
      case FAILED -> {
        int errno = in.getInt();
        in.getInt();
        yield new ZygoteMessage.Failed(errno, text(in));
      }
      case STOPPED -> new ZygoteMessage.Stopped();
      default -> throw new ControlProtocolException(type + " is no message of a zygote");
    };
  }

  /**
   * Decodes a packet received from a master, as a zygote does; for tests of what writes it.
   *
   * @param packet one whole packet; its position and byte order are left as they are
   * @throws ControlProtocolException if type and length do not fit, or a field is out of its range
   */
  public static MasterMessage decodeFromMaster(ByteBuffer packet) throws ControlProtocolException {
    ByteBuffer in = packet.slice().order(ByteOrder.nativeOrder());
    PacketType type = header(in);
    return switch (type) {
      case SPAWN ->
          new MasterMessage.Spawn(
              notNegative(in.getInt(), "slot"), (in.getInt() & CATCH_OUTPUT) != 0);
      case STOP -> new MasterMessage.Stop();
      case HANDOVER -> new MasterMessage.Handover();
      case SIGNAL -> new MasterMessage.Signal(positive(in.getInt(), "pid"), in.getInt());
      case DISOWN -> new MasterMessage.Disown(positive(in.getInt(), "pid"));
      default -> throw new ControlProtocolException(type + " is no message of a master");
    };
  }

  private static ZygoteMessage hello(ByteBuffer in) throws ControlProtocolException {
    int version = in.getInt();
    int pid = positive(in.getInt(), "zygote pid");
    int generation = notNegative(in.getInt(), "generation");
    int slots = notNegative(in.getInt(), "slots");
    int workers = notNegative(in.getInt(), "workers");
    if (workers > slots) {
      throw new ControlProtocolException(
          "HELLO has " + workers + " workers in " + slots + " slots");
    }
    boolean ready = truth(in.getInt(), "ready");
    String pool = text(in);
    return new ZygoteMessage.Hello(
        version, pid, generation, slots, workers, ready, pool, in.getLong(), in.getLong());
  }

  private static ZygoteMessage exited(ByteBuffer in) throws ControlProtocolException {
    int slot = notNegative(in.getInt(), "slot");
    int pid = positive(in.getInt(), "pid");
    int waitStatus = in.getInt();
    in.getInt();
    return new ZygoteMessage.Exited(
        slot,
        pid,
        waitStatus,
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong());
  }

  private static ByteBuffer packet(PacketType type) {
    return ByteBuffer.allocate(type.bytes)
        .order(ByteOrder.nativeOrder())
        .putInt(type.code)
        .putInt(type.bytes);
  }

  private static PacketType header(ByteBuffer in) throws ControlProtocolException {
    int received = in.remaining();
    if (received < HEADER_BYTES) {
      throw new ControlProtocolException("packet of " + received + " bytes has no header");
    }
    int code = in.getInt();
    int claimed = in.getInt();
    PacketType type = PacketType.of(code);
    if (claimed != received || received != type.bytes) {
      throw new ControlProtocolException(
          type + " has " + received + " bytes, claims " + claimed + ", needs " + type.bytes);
    }
    return type;
  }

  private static void putText(ByteBuffer packet, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length >= TEXT_BYTES) {
      throw new IllegalArgumentException("text of " + bytes.length + " bytes, limit 63: " + text);
    }
    packet.put(bytes).position(packet.position() + TEXT_BYTES - bytes.length);
  }

  private static String text(ByteBuffer in) throws ControlProtocolException {
    byte[] bytes = new byte[TEXT_BYTES];
    in.get(bytes);
    int length = 0;
    while (length < TEXT_BYTES && bytes[length] != 0) {
      length++;
    }
    if (length == TEXT_BYTES) {
      throw new ControlProtocolException("text without its final NUL");
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private static boolean truth(int value, String field) throws ControlProtocolException {
    if (value != 0 && value != 1) {
      throw new ControlProtocolException(field + " is " + value + ", not 0 or 1");
    }
    return value == 1;
  }

  private static int positive(int value, String field) throws ControlProtocolException {
    if (value <= 0) {
      throw new ControlProtocolException(field + " is " + value + ", not positive");
    }
    return value;
  }

  private static int notNegative(int value, String field) throws ControlProtocolException {
    if (value < 0) {
      throw new ControlProtocolException(field + " is " + value + ", negative");
    }
    return value;
  }
}
