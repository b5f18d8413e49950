package org.fpm4j.status;

import java.util.Map;
import org.fpm4j.process.ExitCounts;

/**
 * {@code org.fpm4j:type=Pool,name=www}.
 *
 * <p>TotalProcesses = IdleProcesses + ActiveProcesses = the number of rows of Workers, in all
 * attributes that one getAttributes call reads. Attributes are read on the caller's thread and
 * never wait for the event loop. Operations return one line that says what happened; what takes
 * longer than a second goes on after the call, and the line says so. A worker that is not the
 * pool's is an {@link IllegalArgumentException}, an order that cannot be carried out an {@link
 * IllegalStateException}.
 */
@Description("A pool of workers sharing one listening socket")
public interface PoolMXBean {

  @Description("Name of the pool")
  String getName();

  @Description("STARTING, RUNNING, RELOADING, DRAINED, FAILED, DRAINING or STOPPED")
  String getState();

  @Description("How workers are scaled: static, dynamic or ondemand (pm)")
  String getProcessManager();

  @Description("Listen address as configured")
  String getListen();

  @Description("Number of the generation that serves, 0 before the first")
  @Metric(Metric.Type.COUNTER)
  int getGeneration();

  @Description("Process id of that generation's zygote, 0 if there is none")
  int getZygotePid();

  @Description("Start of the pool, milliseconds since 1970")
  @Unit("ms")
  long getStartTime();

  @Description("Time since the start of the pool")
  @Unit("ms")
  @Metric(Metric.Type.COUNTER)
  long getUptime();

  @Description("Workers waiting for a connection")
  @Unit("processes")
  @Metric(Metric.Type.GAUGE)
  int getIdleProcesses();

  @Description("Workers that are not idle, those just started included")
  @Unit("processes")
  @Metric(Metric.Type.GAUGE)
  int getActiveProcesses();

  @Description("IdleProcesses + ActiveProcesses")
  @Unit("processes")
  @Metric(Metric.Type.GAUGE)
  int getTotalProcesses();

  @Description("Workers, idle or active, that were told to exit when idle")
  @Unit("processes")
  @Metric(Metric.Type.GAUGE)
  int getDrainingProcesses();

  @Description("Most ActiveProcesses seen since the pool started, or resetMaxima")
  @Unit("processes")
  @Metric(Metric.Type.GAUGE)
  int getMaxActiveProcesses();

  @Description("Most workers the pool may have (pm.max_children)")
  @Unit("processes")
  @Metric(Metric.Type.GAUGE)
  int getMaxChildren();

  @Description("How often pm.max_children stood in the way of another worker")
  @Unit("times")
  @Metric(Metric.Type.COUNTER)
  long getMaxChildrenReached();

  @Description(
      "Time during which connections waited, no worker was idle and none could be added, to the"
          + " second")
  @Unit("ms")
  @Metric(Metric.Type.COUNTER)
  long getSaturatedTime();

  @Description("Connections waiting to be accepted")
  @Unit("connections")
  @Metric(Metric.Type.GAUGE)
  int getListenQueue();

  @Description("Most connections seen waiting since the pool started, or resetMaxima")
  @Unit("connections")
  @Metric(Metric.Type.GAUGE)
  int getMaxListenQueue();

  @Description("Room of the listen queue (listen.backlog as the kernel cut it)")
  @Unit("connections")
  @Metric(Metric.Type.GAUGE)
  int getListenQueueLen();

  @Description(
      "Requests begun, php-fpm's accepted conn; on kept-alive connections more than connections")
  @Unit("requests")
  @Metric(Metric.Type.COUNTER)
  long getAcceptedConnections();

  @Description("Requests finished")
  @Unit("requests")
  @Metric(Metric.Type.COUNTER)
  long getRequests();

  @Description(
      "Requests begun per second since the reading a minute ago; over a longer time if nobody read"
          + " then")
  @Unit("requests/s")
  @Metric(Metric.Type.GAUGE)
  double getRequestsPerSecond();

  @Description("Half of the requests since the pool started took no longer, right to 3.2 %")
  @Unit("us")
  @Metric(Metric.Type.GAUGE)
  long getRequestDurationP50();

  @Description("95 % of the requests since the pool started took no longer, right to 3.2 %")
  @Unit("us")
  @Metric(Metric.Type.GAUGE)
  long getRequestDurationP95();

  @Description("99 % of the requests since the pool started took no longer, right to 3.2 %")
  @Unit("us")
  @Metric(Metric.Type.GAUGE)
  long getRequestDurationP99();

  @Description("Requests that took longer than request_slowlog_timeout")
  @Unit("requests")
  @Metric(Metric.Type.COUNTER)
  long getSlowRequests();

  @Description("Workers forked")
  @Unit("processes")
  @Metric(Metric.Type.COUNTER)
  long getSpawned();

  @Description("Workers gone, for whatever reason")
  @Unit("processes")
  @Metric(Metric.Type.COUNTER)
  long getExited();

  @Description("Workers among Exited that a signal ended")
  @Unit("processes")
  @Metric(Metric.Type.COUNTER)
  long getExitedBySignal();

  @Description(
      "Workers among Exited that ended by themselves with code 0: after pm.max_requests, for their"
          + " memory, by a QUIT from outside, or because the program ended")
  @Unit("processes")
  @Metric(Metric.Type.COUNTER)
  long getRecycled();

  @Description(
      "Exited by reason: retired (told to go), ended (code 0), failed (another code), killed (a"
          + " signal of the master), crashed (another signal), outOfMemory (by the kernel)")
  @Unit("processes")
  @Metric(Metric.Type.COUNTER)
  ExitCounts getExits();

  @Description(
      "Memory of the workers and of the zygote they share it with, as PSS; read at most every five"
          + " seconds, -1 if it cannot be read")
  @Unit("bytes")
  @Metric(Metric.Type.GAUGE)
  long getMemory();

  @Description(
      "The directives in force, defaults included; values of environment variables are hidden")
  Map<String, String> getConfiguration();

  @Description("Notifications held back because too many of one type came at once")
  @Unit("notifications")
  @Metric(Metric.Type.COUNTER)
  long getSuppressedNotifications();

  @Description("Requests missing in the access log: its pipe was full, or its file took no more")
  @Unit("lines")
  @Metric(Metric.Type.COUNTER)
  long getDroppedAccessLogLines();

  @Description("Last reason why something about the pool failed, empty if nothing did")
  String getLastError();

  @Description("What the pool's last finished or failed reload said, empty before the first")
  String getLastReload();

  @Description(
      "The workers by slot; those of a generation other than the serving one as slot@generation")
  Map<String, WorkerRow> getWorkers();

  @Description("PHP stacks of all workers as text; the workers are not stopped")
  @Impact(Impact.Kind.INFO)
  String dumpStacks();

  @Description("PHP stack of one worker as text; the worker is not stopped")
  @Impact(Impact.Kind.INFO)
  String dumpStack(@Named("pid") @Description("process id of a worker of this pool") int pid);

  @Description("Rolls the pool to a new generation with a fresh opcache; no request is lost")
  @Impact(Impact.Kind.ACTION)
  String reload();

  @Description(
      "Takes no requests until resume: workers finish what they have and go, connections wait in"
          + " the listen queue; lasts over reloads and a new master")
  @Impact(Impact.Kind.ACTION)
  String drain();

  @Description("Takes requests again after drain")
  @Impact(Impact.Kind.ACTION)
  String resume();

  @Description("Sets MaxActiveProcesses and MaxListenQueue to 0, to look for them anew")
  @Impact(Impact.Kind.ACTION)
  String resetMaxima();

  @Description(
      "Changes a directive in the pool's file, after checking it; a wrong value is an error that"
          + " says what is legal")
  @Impact(Impact.Kind.ACTION)
  String set(
      @Named("key") @Description("a directive, an array's with its key: env[PATH]") String key,
      @Named("value") @Description("as it would be written in the file") String value);

  @Description("Takes a directive out of the pool's file, so that its default holds")
  @Impact(Impact.Kind.ACTION)
  String unset(@Named("key") @Description("a directive, as with set") String key);

  @Description("Lets a worker finish its request and exit")
  @Impact(Impact.Kind.ACTION)
  String retireWorker(@Named("pid") @Description("process id of a worker of this pool") int pid);

  @Description("Ends a worker at once; the request it serves is lost")
  @Impact(Impact.Kind.ACTION)
  String killWorker(@Named("pid") @Description("process id of a worker of this pool") int pid);
}
