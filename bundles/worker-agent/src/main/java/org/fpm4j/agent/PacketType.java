package org.fpm4j.agent;

/** Types of the control protocol's packets with their fixed lengths; {@code control.h} in Java. */
enum PacketType {
  HELLO(1, 112),
  READY(2, 8),
  WORKER(3, 40),
  EXITED(4, 64),
  FORK_FAILED(5, 16),
  FDS(6, 12),
  FAILED(7, 80),
  STOPPED(8, 8),
  SPAWN(33, 16),
  STOP(34, 8),
  HANDOVER(35, 8),
  SIGNAL(36, 16),
  DISOWN(37, 12);

  /** Value of the packet's first field. */
  final int code;

  /** Length of the whole packet. */
  final int bytes;

  PacketType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  static PacketType of(int code) throws ControlProtocolException {
    for (PacketType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new ControlProtocolException("unknown packet type " + code);
  }
}
