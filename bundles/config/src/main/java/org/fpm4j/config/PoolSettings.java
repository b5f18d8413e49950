package org.fpm4j.config;

import java.util.Optional;

/**
 * One pool's validated directives, by concern. Equal settings need no change at all: compare with
 * {@link SettingsChange#between(PoolSettings, PoolSettings)}.
 *
 * @param name the pool's name as first spelt
 * @param program what the workers run
 * @param listen the listening socket
 * @param pm how many workers
 * @param worker identity, environment and confinement of a worker
 * @param request time limits and slow log
 * @param status what the pool answers about itself
 * @param access the access log
 */
public record PoolSettings(
    String name,
    ProgramSettings program,
    ListenSettings listen,
    ProcessManagerSettings pm,
    WorkerSettings worker,
    RequestSettings request,
    StatusSettings status,
    AccessLogSettings access) {

  /**
   * Returns the values of all directives of a class, a line each: the same text for equal values,
   * in any process.
   */
  public String text(ChangeClass changeClass) {
    StringBuilder text = new StringBuilder();
    for (Directive directive : Directive.in(Directive.Scope.POOL)) {
      Optional<Object> value = SettingsChange.value(this, directive.name());
      if (value.isPresent() && directive.changeClass() == changeClass) {
        text.append(directive.name()).append(" = ");
        text.append(SettingsChange.text(value.get())).append('\n');
      }
    }
    return text.toString();
  }
}
