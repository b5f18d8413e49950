package org.fpm4j.status.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.management.StandardMBean;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.OpenMBeanAttributeInfo;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.TabularDataSupport;
import org.fpm4j.status.PoolMXBean;
import org.fpm4j.status.WorkerRow;
import org.junit.jupiter.api.Test;

class WorkerTableTest {

  private final WorkerTable table = new WorkerTable();
  private final StandardMBean converter = new StandardMBean(pool(), PoolMXBean.class, true);
  private final OpenType<?> type =
      Stream.of(converter.getMBeanInfo().getAttributes())
          .filter(each -> each.getName().equals("Workers"))
          .map(each -> ((OpenMBeanAttributeInfo) each).getOpenType())
          .findFirst()
          .orElseThrow();

  @Test
  void equalsWhatJmxMakesOfTheRows() throws Exception {
    assertEquals(converter.getAttribute("Workers"), table.of(pool().getWorkers(), type));
  }

  @Test
  void makesOnlyTheRowsAnewThatHaveChanged() {
    TabularDataSupport before = table.of(Map.of("0", row(0, 7), "1", row(1, 7)), type);
    TabularDataSupport after = table.of(Map.of("0", row(0, 7), "1", row(1, 8)), type);
    assertSame(entry(before, "0"), entry(after, "0"));
    assertEquals(8L, ((CompositeData) entry(after, "1").get("value")).get("requests"));
    assertEquals(7L, ((CompositeData) entry(before, "1").get("value")).get("requests"));
  }

  @Test
  void keepsTheOrderAndForgetsWhoHasGone() {
    Map<String, WorkerRow> workers = new LinkedHashMap<>();
    for (int slot : new int[] {9, 1, 10, 2}) {
      workers.put(Integer.toString(slot), row(slot, 1));
    }
    table.of(Map.of("77", row(77, 1)), type);
    List<Object> keys = new ArrayList<>();
    table.of(workers, type).keySet().forEach(each -> keys.add(((List<?>) each).get(0)));
    assertEquals(List.copyOf(workers.keySet()), keys);
  }

  @Test
  void givesEachReaderATableOfItsOwn() {
    Map<String, WorkerRow> workers = Map.of("0", row(0, 1));
    TabularDataSupport first = table.of(workers, type);
    first.clear();
    TabularDataSupport second = table.of(workers, type);
    assertNotSame(first, second);
    assertEquals(1, second.size());
  }

  @Test
  void streamHoldsClassesOfTheJdkOnly() throws Exception {
    TabularDataSupport workers = table.of(Map.of("0", row(0, 1), "1", row(1, 1)), type);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(workers);
    }
    assertFalse(bytes.toString(StandardCharsets.ISO_8859_1).contains("org.fpm4j.status.internal"));
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertEquals(workers, in.readObject());
    }
  }

  private static CompositeData entry(TabularDataSupport table, String key) {
    return table.get(new Object[] {key});
  }

  private static WorkerRow row(int slot, long requests) {
    return new WorkerRow(
        slot,
        100 + slot,
        3,
        "Idle",
        5000,
        true,
        false,
        4000,
        requests,
        250,
        "GET",
        "/",
        "",
        "/a",
        "",
        0,
        100,
        200,
        10,
        300);
  }

  private static PoolBean pool() {
    FakeManager manager = new FakeManager();
    manager.idleWorkers.put("www", 3);
    return new PoolBean(
        manager,
        "www",
        new History(),
        () -> 0,
        new SettingOrders(new FakeEditor(), Runnable::run),
        Runnable::run,
        Optional::empty);
  }
}
