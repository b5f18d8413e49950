package org.fpm4j.status;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import javax.management.DescriptorKey;

/** How a number moves; the descriptor field {@code metricType}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Metric {

  /** The two ways. */
  enum Type {
    /** Goes up and down. */
    GAUGE,
    /** Only grows, from 0 at the start of the pool or master. */
    COUNTER
  }

  /** Which of them. */
  @DescriptorKey("metricType")
  Type value();
}
