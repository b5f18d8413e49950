package org.fpm4j.config;

/** What applying a changed directive takes, cheapest first; the natural order is the cost. */
public enum ChangeClass {
  /** Nothing changed. */
  NONE("nothing changes"),
  /** Takes effect at once; no worker restarts. */
  LIVE("it takes effect at once, no worker restarts"),
  /** A new generation boots beside the old one and replaces it worker by worker. */
  ROLL("the pool rolls to a new generation"),
  /** A new listening socket is bound first, then the pool rolls. */
  BIND("the new socket is bound, then the pool rolls"),
  /** Global directives only: read once, when the master starts. */
  RESTART("it takes effect at the next start of the master");

  private final String effect;

  ChangeClass(String effect) {
    this.effect = effect;
  }

  /** What a change does, in words for the operator who made it. */
  public String effect() {
    return effect;
  }
}
