package org.fpm4j.status.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.ObjectName;
import org.fpm4j.status.MasterMXBean;
import org.fpm4j.status.PoolMXBean;
import org.junit.jupiter.api.Test;

class AnnotatedMBeanTest {

  private static final List<String> TEXTS_AND_STATES =
      List.of("Pid", "ZygotePid", "StartTime", "Generation");

  @Test
  void describesEveryFeatureInWords() throws Exception {
    for (MBeanInfo info : List.of(pool(), master())) {
      assertTrue(info.getDescription().contains(" "));
      for (MBeanAttributeInfo attribute : info.getAttributes()) {
        assertTrue(attribute.getDescription().contains(" "), attribute::toString);
      }
      for (MBeanOperationInfo operation : info.getOperations()) {
        assertTrue(operation.getDescription().contains(" "), operation::toString);
        assertEquals(
            operation.getName().startsWith("dump")
                ? MBeanOperationInfo.INFO
                : MBeanOperationInfo.ACTION,
            operation.getImpact(),
            operation::toString);
      }
    }
  }

  @Test
  void givesEveryCountAUnitAndAMetricType() throws Exception {
    Stream.of(pool(), master())
        .flatMap(info -> Arrays.stream(info.getAttributes()))
        .filter(attribute -> List.of("int", "long").contains(attribute.getType()))
        .filter(attribute -> !TEXTS_AND_STATES.contains(attribute.getName()))
        .forEach(
            attribute -> {
              Object type = attribute.getDescriptor().getFieldValue("metricType");
              assertTrue(List.of("GAUGE", "COUNTER").contains(type), attribute::toString);
              assertFalse(
                  ((String) attribute.getDescriptor().getFieldValue("units")).isEmpty(),
                  attribute::toString);
            });
  }

  @Test
  void namesParameters() throws Exception {
    MBeanOperationInfo retire =
        Arrays.stream(pool().getOperations())
            .filter(operation -> operation.getName().equals("retireWorker"))
            .findFirst()
            .orElseThrow();
    assertEquals("pid", retire.getSignature()[0].getName());
    assertEquals("process id of a worker of this pool", retire.getSignature()[0].getDescription());
  }

  @Test
  void declaresItsNotifications() throws Exception {
    String[] types = pool().getNotifications()[0].getNotifTypes();
    assertTrue(Arrays.asList(types).contains("org.fpm4j.worker.exited"));
    assertTrue(Arrays.asList(types).contains("org.fpm4j.pool.saturated"));
  }

  private static MBeanInfo pool() throws Exception {
    PoolBean bean =
        new PoolBean(
            new FakeManager(),
            "www",
            new History(),
            () -> 0,
            new SettingOrders(new FakeEditor(), Runnable::run),
            Runnable::run,
            Optional::empty);
    return new AnnotatedMBean(bean, PoolMXBean.class, bean.scope(), emitter(), bean.openData())
        .getMBeanInfo();
  }

  private static MBeanInfo master() throws Exception {
    MasterBean bean =
        new MasterBean(
            new FakeManager(),
            new History(),
            () -> 0,
            () -> 0,
            () -> 0,
            new SettingOrders(new FakeEditor(), Runnable::run),
            Optional::empty);
    return new AnnotatedMBean(bean, MasterMXBean.class, bean.scope(), emitter(), Map.of())
        .getMBeanInfo();
  }

  private static EventEmitter emitter() throws Exception {
    return new EventEmitter(new ObjectName("org.fpm4j:type=Pool,name=www"), Runnable::run);
  }
}
