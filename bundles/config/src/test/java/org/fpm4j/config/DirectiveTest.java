package org.fpm4j.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.fpm4j.config.Directive.Kind;
import org.fpm4j.config.Directive.Scope;
import org.junit.jupiter.api.Test;

class DirectiveTest {

  @Test
  void findsScalarsInAnyCaseAndArraysInTheirs() {
    assertEquals("pm.max_children", found("PM.Max_Children"));
    assertEquals("env[]", found("env"));
    assertEquals("env[]", found("env[]"));
    assertFalse(Directive.find(Scope.POOL, "ENV").isPresent());
    assertFalse(Directive.find(Scope.GLOBAL, "pm").isPresent());
  }

  private static String found(String name) {
    return Directive.find(Scope.POOL, name).orElseThrow().name();
  }

  @Test
  void describesEveryDirectiveInFull() {
    Set<String> seen = new HashSet<>();
    for (Directive directive : Directive.all()) {
      assertTrue(seen.add(directive.scope() + directive.name()), directive.name());
      assertFalse(directive.description().isEmpty(), directive.name());
      assertFalse(directive.description().contains("|"), directive.name());
      boolean measured = directive.kind() == Kind.DURATION || directive.kind() == Kind.SIZE;
      assertFalse(measured && directive.unit().isEmpty(), directive.name());
      assertFalse(directive.changeClass() == ChangeClass.NONE, directive.name());
      assertFalse(
          directive.scope() == Scope.POOL && directive.changeClass() == ChangeClass.RESTART,
          directive.name());
    }
  }

  @Test
  void saysWhereARejectionIs() {
    assertEquals(
        "[pool www] /etc/a.conf:3: pm = x: wrong (legal: static)",
        new Rejection("/etc/a.conf", 3, Optional.of("www"), "pm", "x", "wrong", "static").text());
    assertEquals(
        "org.fpm4j.master: wrong",
        new Rejection("org.fpm4j.master", -1, Optional.empty(), "", "", "wrong", "").text());
  }
}
