package org.fpm4j.process.internal;

import java.util.List;
import org.fpm4j.agent.ZygoteMessage;
import org.fpm4j.posix.Descriptor;

/** What a zygote reports; called on the event loop. */
interface ZygoteEvents {

  /** The program is at its first accept: workers can be forked. */
  void onReady();

  /** A worker was forked, or was found alive by a master that takes over. */
  void onWorker(ZygoteMessage.Worker worker);

  /** A worker was reaped. */
  void onExited(ZygoteMessage.Exited exited);

  /** An order to fork failed. */
  void onForkFailed(int slot, int errno);

  /** Answers {@link Zygote#handOver}; descriptors that are not released are closed afterwards. */
  void onDescriptors(List<Descriptor> descriptors);

  /** The zygote's set-up failed; it exits. */
  void onSetUpFailed(String step, int errno);

  /** The zygote is gone. Last report. {@code how} in php-fpm's words: {@code with code 70}. */
  void onGone(String how);
}
