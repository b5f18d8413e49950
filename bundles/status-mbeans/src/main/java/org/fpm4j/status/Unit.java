package org.fpm4j.status;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import javax.management.DescriptorKey;

/** The unit of a number; the descriptor field {@code units}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Unit {
  /** A plural noun, or a symbol for a physical unit: {@code requests}, {@code ms}. */
  @DescriptorKey("units")
  String value();
}
