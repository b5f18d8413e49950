package org.fpm4j.process;

/**
 * The state of the master, php-fpm's words ({@code fpm_process_ctl.c}); a later one is never left
 * for an earlier one.
 */
public enum MasterState {
  NORMAL,
  RELOADING,
  FINISHING,
  TERMINATING
}
