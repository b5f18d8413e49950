package org.fpm4j.status.internal;

import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.MBeanNotificationInfo;
import javax.management.Notification;
import javax.management.NotificationBroadcasterSupport;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;
import org.fpm4j.process.ProcessEvent;

/**
 * Sends process events as notifications {@code org.fpm4j.worker.exited} and so on. Sequence numbers
 * count events from 1 per MBean, so a gap tells a listener that it has missed some: they were held
 * back by the {@link Throttle}, or lost. The user data is a composite of {@code pool}, {@code pid}
 * (0 if none), {@code text} and {@code suppressed}, how many of this type were held back since the
 * last that was sent.
 *
 * <p>Called by the event loop's thread, which only enqueues.
 */
final class EventEmitter extends NotificationBroadcasterSupport {

  private static final String PREFIX = "org.fpm4j.";
  private static final String[] ITEMS = {"pool", "pid", "text", "suppressed"};
  private static final CompositeType USER_DATA = userDataType();

  private final ObjectName source;
  private final Throttle throttle = new Throttle(System::nanoTime);
  private final AtomicLong sequence = new AtomicLong();

  /**
   * @param source name of the MBean the notifications come from
   * @param executor runs the listeners; must not block its caller
   */
  EventEmitter(ObjectName source, Executor executor) {
    super(executor, info());
    this.source = source;
  }

  void send(ProcessEvent event) {
    long number = sequence.incrementAndGet();
    long suppressed = throttle.ask(event.type());
    if (suppressed < 0) {
      return;
    }
    Notification notification =
        new Notification(
            PREFIX + event.type().dotted(), source, number, event.epochMs(), event.text());
    notification.setUserData(userData(event, suppressed));
    sendNotification(notification);
  }

  /** How many were held back in all. */
  long suppressed() {
    return throttle.suppressed();
  }

  private static MBeanNotificationInfo info() {
    String[] types =
        Arrays.stream(ProcessEvent.Type.values())
            .map(type -> PREFIX + type.dotted())
            .toArray(String[]::new);
    return new MBeanNotificationInfo(
        types,
        Notification.class.getName(),
        "Something happened; user data: pool (empty for the master), pid (0 if none), text,"
            + " suppressed (of this type, since the last one sent)");
  }

  private static CompositeType userDataType() {
    try {
      return new CompositeType(
          "org.fpm4j.ProcessEvent",
          "What an event concerns",
          ITEMS,
          new String[] {
            "pool, empty for the master", "process id, 0 if none", "one line", "held back before"
          },
          new OpenType<?>[] {
            SimpleType.STRING, SimpleType.INTEGER, SimpleType.STRING, SimpleType.LONG
          });
    } catch (OpenDataException e) {
      throw new IllegalStateException(e);
    }
  }

  private static CompositeData userData(ProcessEvent event, long suppressed) {
    try {
      return new CompositeDataSupport(
          USER_DATA, ITEMS, new Object[] {event.pool(), event.pid(), event.text(), suppressed});
    } catch (OpenDataException e) {
      throw new IllegalStateException(e);
    }
  }
}
