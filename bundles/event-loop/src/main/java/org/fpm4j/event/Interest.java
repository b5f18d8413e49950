package org.fpm4j.event;

/** What a descriptor can be ready for. */
public enum Interest {
  /** Reading or accepting would not wait; also the other side's close, or an error. */
  READ,
  /** Writing would not wait; also an error. */
  WRITE
}
