package org.fpm4j.status;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import javax.management.MBeanOperationInfo;

/** What an operation does to the thing managed. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Impact {

  /** The impacts JMX knows. */
  enum Kind {
    /** Only reads. */
    INFO(MBeanOperationInfo.INFO),
    /** Changes something. */
    ACTION(MBeanOperationInfo.ACTION),
    /** Changes something and returns data. */
    ACTION_INFO(MBeanOperationInfo.ACTION_INFO);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    /** The constant of {@link MBeanOperationInfo}. */
    public int code() {
      return code;
    }
  }

  /** Which of them. */
  Kind value();
}
