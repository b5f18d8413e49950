package org.fpm4j.status.internal;

import javax.management.openmbean.CompositeData;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;

/**
 * A composite type that knows its own values at sight. JMX compares the types of a value item by
 * item whenever it is put somewhere, which is most of what a table of a thousand rows costs. A
 * stream gets the type it was made of.
 */
final class QuickType extends CompositeType {

  private static final long serialVersionUID = 1;

  private final transient CompositeType plain;

  /**
   * @param plain what it is otherwise equal to
   */
  QuickType(CompositeType plain) throws OpenDataException {
    super(
        plain.getTypeName(),
        plain.getDescription(),
        names(plain),
        plain.keySet().stream().map(plain::getDescription).toArray(String[]::new),
        types(plain));
    this.plain = plain;
  }

  private static String[] names(CompositeType type) {
    return type.keySet().toArray(String[]::new);
  }

  private static OpenType<?>[] types(CompositeType type) throws OpenDataException {
    String[] names = names(type);
    OpenType<?>[] types = new OpenType<?>[names.length];
    for (int i = 0; i < names.length; i++) {
      OpenType<?> each = type.getType(names[i]);
      types[i] = each instanceof CompositeType composite ? new QuickType(composite) : each;
    }
    return types;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // what is equal only is left to the long comparison
  public boolean isValue(Object value) {
    return (value instanceof CompositeData data && data.getCompositeType() == this)
        || super.isValue(value);
  }

  private Object writeReplace() {
    return plain;
  }
}
