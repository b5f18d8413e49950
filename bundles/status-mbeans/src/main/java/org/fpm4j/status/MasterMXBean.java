package org.fpm4j.status;

import java.util.List;
import java.util.Map;

/**
 * {@code org.fpm4j:type=Master}.
 *
 * <p>Attributes are read on the caller's thread and never wait for the event loop. Operations
 * return one line that says what happened; what takes longer than a second goes on after the call,
 * and the line says so. An order that cannot be carried out is an {@link IllegalStateException}.
 * All events of the master and of every pool are sent as notifications, those of one pool by its
 * MBean as well.
 */
@Description("The fpm4j master: all pools together, and orders for all of them")
public interface MasterMXBean {

  @Description("Process id of the master")
  int getPid();

  @Description("State of the master: NORMAL, RELOADING, FINISHING or TERMINATING")
  String getState();

  @Description("Whether every configured pool has come up or failed at its first try")
  boolean isReady();

  @Description("Start of the master, milliseconds since 1970")
  @Unit("ms")
  long getStartTime();

  @Description("Time since the start of the master")
  @Unit("ms")
  @Metric(Metric.Type.COUNTER)
  long getUptime();

  @Description("The pools by name: state, workers, queue")
  Map<String, PoolRow> getPools();

  @Description("Workers of all pools")
  @Unit("processes")
  @Metric(Metric.Type.GAUGE)
  int getTotalProcesses();

  @Description("Most workers all pools together may have (process.max), 0 for no limit")
  @Unit("processes")
  @Metric(Metric.Type.GAUGE)
  int getProcessMax();

  @Description("How the event loop waits: epoll, poll or select")
  String getEventMechanism();

  @Description("Completed reloads since the start of the master")
  @Unit("reloads")
  @Metric(Metric.Type.COUNTER)
  long getReloads();

  @Description("What the configuration holds that was rejected, one entry per element")
  List<String> getRejections();

  @Description("What the last finished or failed reload said, empty before the first")
  String getLastReload();

  @Description("What last failed in the master or a pool, empty if nothing did")
  String getLastError();

  @Description("The global directives in force, defaults included")
  Map<String, String> getConfiguration();

  @Description("Log lines lost because the log could not take them")
  @Unit("lines")
  @Metric(Metric.Type.COUNTER)
  long getDroppedLogLines();

  @Description("Notifications lost because listeners were too slow")
  @Unit("notifications")
  @Metric(Metric.Type.COUNTER)
  long getDroppedNotifications();

  @Description("Notifications held back because too many of one type came at once")
  @Unit("notifications")
  @Metric(Metric.Type.COUNTER)
  long getSuppressedNotifications();

  @Description(
      "Rolls every pool to a new generation with a fresh opcache; no request is lost (USR2)")
  @Impact(Impact.Kind.ACTION)
  String reload();

  @Description("Reads all configuration files anew, as saving one of them does")
  @Impact(Impact.Kind.ACTION)
  String rereadConfiguration();

  @Description(
      "Changes a global directive in its file, after checking it; a wrong value is an error that"
          + " says what is legal")
  @Impact(Impact.Kind.ACTION)
  String set(
      @Named("key") @Description("a global directive") String key,
      @Named("value") @Description("as it would be written in the file") String value);

  @Description("Takes a global directive out of its file, so that its default holds")
  @Impact(Impact.Kind.ACTION)
  String unset(@Named("key") @Description("a global directive") String key);

  @Description("Opens all log files anew, after a log rotation (USR1)")
  @Impact(Impact.Kind.ACTION)
  String reopenLogs();

  @Description("Stops the master once all requests are finished (QUIT)")
  @Impact(Impact.Kind.ACTION)
  String finish();

  @Description("Stops the master at once; requests being served are lost (TERM)")
  @Impact(Impact.Kind.ACTION)
  String terminate();
}
