package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SaturationTest {

  private static final long MS = 1_000_000;

  private final Saturation saturation = new Saturation();

  @Test
  void addsUpItsTimes() {
    assertTrue(saturation.begin(100 * MS));
    assertEquals(50, saturation.totalMs(150 * MS));
    assertTrue(saturation.end(400 * MS));
    assertEquals(300, saturation.totalMs(900 * MS));
    saturation.begin(1000 * MS);
    saturation.end(1200 * MS);
    assertEquals(500, saturation.totalMs(9000 * MS));
  }

  @Test
  void beginsAndEndsOnce() {
    assertFalse(saturation.end(100 * MS));
    assertTrue(saturation.begin(100 * MS));
    assertFalse(saturation.begin(200 * MS));
    assertTrue(saturation.end(300 * MS));
    assertFalse(saturation.end(400 * MS));
    assertEquals(200, saturation.totalMs(500 * MS));
  }

  @Test
  void goesOnFromAFormerMastersTime() {
    saturation.restore(7000);
    saturation.begin(0);
    saturation.end(500 * MS);
    assertEquals(7500, saturation.totalMs(0));
  }
}
