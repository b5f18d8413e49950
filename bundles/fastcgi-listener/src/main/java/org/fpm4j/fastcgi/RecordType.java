package org.fpm4j.fastcgi;

import java.util.Optional;

/** The types of records, specification section 8. */
public enum RecordType {
  BEGIN_REQUEST(1),
  ABORT_REQUEST(2),
  END_REQUEST(3),
  PARAMS(4),
  STDIN(5),
  STDOUT(6),
  STDERR(7),
  DATA(8),
  GET_VALUES(9),
  GET_VALUES_RESULT(10),
  UNKNOWN_TYPE(11);

  private static final RecordType[] TYPES = values();

  private final int number;

  RecordType(int number) {
    this.number = number;
  }

  /** The number in a record's header. */
  public int number() {
    return number;
  }

  /**
   * The type of this number; empty for every other, which the specification leaves to later
   * versions.
   */
  public static Optional<RecordType> of(int number) {
    return number >= 1 && number <= TYPES.length
        ? Optional.of(TYPES[number - 1])
        : Optional.empty();
  }
}
