package org.fpm4j.scoreboard;

/** What the worker of a slot does, in php-fpm's six stages and the stage of an unused slot. */
public enum Stage {
  /**
   * No worker has used the slot, or what is stored there is no stage; php-fpm shows no such slot.
   */
  FREE(0, "Free"),
  ACCEPTING(1, "Idle"),
  READING_HEADERS(2, "Reading headers"),
  INFO(3, "Getting request information"),
  EXECUTING(4, "Running"),
  END(5, "Ending"),
  FINISHED(6, "Finishing");

  private static final Stage[] STAGES = values();

  private final int number;
  private final String label;

  Stage(int number, String label) {
    this.number = number;
    this.label = label;
  }

  /** The number stored in the slot. */
  public int number() {
    return number;
  }

  /**
   * The {@code state} of php-fpm's status page, as php-fpm 8.2 spells it; exporters match on it.
   */
  public String label() {
    return label;
  }

  /** The stage with this number; {@link #FREE} for every number that is none. */
  public static Stage of(int number) {
    return number >= 0 && number < STAGES.length ? STAGES[number] : FREE;
  }
}
