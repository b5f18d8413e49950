package org.fpm4j.status.internal;

import java.lang.ref.SoftReference;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.TabularDataSupport;
import javax.management.openmbean.TabularType;
import org.fpm4j.status.WorkerRow;

/**
 * Makes of workers the table that JMX makes of a map of records, in a fraction of the time: without
 * reflection, and rows of workers that have done nothing since the last reading are taken from
 * there. Those are held softly, so that they go before memory runs out. Equal values of neighbours
 * become one object, which a stream writes once. Any thread.
 */
final class WorkerTable {

  private static final String[] ENTRY = {"key", "value"};
  private static final String[] COLUMNS =
      Arrays.stream(WorkerRow.class.getRecordComponents())
          .map(RecordComponent::getName)
          .toArray(String[]::new);

  /** A worker's values as they were, and the same as open data. */
  private static final class Made {
    final Object[] values;
    final CompositeData entry;

    Made(Object[] values, CompositeData entry) {
      this.values = values;
      this.entry = entry;
    }
  }

  private SoftReference<Map<String, Made>> last = new SoftReference<>(Map.of());
  private TabularType tableType;

  /**
   * Returns a table that nobody else has.
   *
   * @param type what JMX made of the attribute's type, the same each time
   */
  synchronized TabularDataSupport of(Map<String, WorkerRow> workers, OpenType<?> type) {
    Map<String, Made> before = Objects.requireNonNullElse(last.get(), Map.of());
    Map<String, Made> made = new HashMap<>();
    try {
      tableType = tableType == null ? quick((TabularType) type) : tableType;
      TabularDataSupport table = new TabularDataSupport(tableType);
      CompositeType entryType = tableType.getRowType();
      Object[] neighbour = new Object[COLUMNS.length];
      for (Map.Entry<String, WorkerRow> worker : workers.entrySet()) {
        Made each = before.get(worker.getKey());
        Object[] values = values(worker.getValue());
        if (each == null || !Arrays.equals(each.values, values)) {
          shareEqual(values, neighbour);
          each = new Made(values, entry(entryType, worker.getKey(), values));
        }
        neighbour = each.values;
        made.put(worker.getKey(), each);
        table.put(each.entry);
      }
      last = new SoftReference<>(made);
      return table;
    } catch (OpenDataException e) {
      throw new IllegalStateException(e);
    }
  }

  private static TabularType quick(TabularType plain) throws OpenDataException {
    return new TabularType(
        plain.getTypeName(),
        plain.getDescription(),
        new QuickType(plain.getRowType()),
        plain.getIndexNames().toArray(String[]::new));
  }

  private static CompositeData entry(CompositeType type, String key, Object[] values)
      throws OpenDataException {
    CompositeType rowType = (CompositeType) type.getType(ENTRY[1]);
    CompositeData row = new CompositeDataSupport(rowType, COLUMNS, values);
    return new CompositeDataSupport(type, ENTRY, new Object[] {key, row});
  }

  private static void shareEqual(Object[] values, Object[] neighbour) {
    for (int i = 0; i < values.length; i++) {
      if (values[i].equals(neighbour[i])) {
        values[i] = neighbour[i];
      }
    }
  }

  /** In the order of the record's components. */
  private static Object[] values(WorkerRow row) {
    return new Object[] {
      row.slot(),
      row.pid(),
      row.generation(),
      row.stage(),
      row.stageSince(),
      row.idle(),
      row.retiring(),
      row.startTime(),
      row.requests(),
      row.durationMicros(),
      row.method(),
      row.uri(),
      row.query(),
      row.script(),
      row.user(),
      row.contentLength(),
      row.lastRequestCpuMicros(),
      row.lastRequestMemory(),
      row.cpuTimeMs(),
      row.memory()
    };
  }
}
