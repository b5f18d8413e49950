package org.fpm4j.config;

/** What applying a changed directive takes, cheapest first; the natural order is the cost. */
public enum ChangeClass {
  /** Nothing changed. */
  NONE,
  /** Takes effect at once; no worker restarts. */
  LIVE,
  /** A new generation boots beside the old one and replaces it worker by worker. */
  ROLL,
  /** A new listening socket is bound first, then the pool rolls. */
  BIND,
  /** Global directives only: read once, when the master starts. */
  RESTART
}
