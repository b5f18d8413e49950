package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A JMX client attaches to the master by its pid, as jconsole does. */
class JmxIT {

  @RegisterExtension final Site site = new Site();

  @Test
  void showsPoolAndItsWorkers() throws Exception {
    site.pool("www", "pm = static", "pm.max_children = 3");
    RunningMaster master = site.start();
    site.client("www").get(site.pidScript());
    List<Integer> workers = site.awaitWorkers("www", 3);
    ObjectName pool = new ObjectName("org.fpm4j:type=Pool,name=www");

    AttachedClient.connected(
        master,
        server -> {
          Await.until(
              "3 idle workers",
              () -> {
                try {
                  return server.getAttribute(pool, "IdleProcesses").equals(3);
                } catch (javax.management.JMException e) {
                  throw new AssertionError(e);
                }
              });
          assertEquals(0, server.getAttribute(pool, "ActiveProcesses"));
          assertEquals(3, server.getAttribute(pool, "TotalProcesses"));
          TabularData table = (TabularData) server.getAttribute(pool, "Workers");
          Stream<CompositeData> rows =
              ((Collection<?>) table.values())
                  .stream().map(row -> (CompositeData) ((CompositeData) row).get("value"));
          assertEquals(workers, rows.map(row -> (Integer) row.get("pid")).sorted().toList());
          for (String name : List.of("org.fpm4j:type=Master", pool.toString())) {
            Stream.of(server.getMBeanInfo(new ObjectName(name)).getAttributes())
                .forEach(attribute -> assertFalse(attribute.getDescription().isBlank()));
          }
        });
  }

  @Test
  void reloadsByOperation() throws Exception {
    site.pool("www", "pm = static", "pm.max_children = 2");
    RunningMaster master = site.start();
    List<Integer> before = site.awaitWorkers("www", 2);

    AttachedClient.connected(
        master,
        server -> {
          server.invoke(new ObjectName("org.fpm4j:type=Master"), "reload", null, null);
          master.awaitLog("\\[pool www\\] generation 2 serves");
        });

    site.awaitOthers("www", before, 2);
  }

  @Test
  void beansComeAndGoWithTheirPools() throws Exception {
    site.pool("www", "pm = static", "pm.max_children = 1");
    RunningMaster master = site.start();
    ObjectName pools = new ObjectName("org.fpm4j:type=Pool,*");

    AttachedClient.connected(
        master,
        server -> {
          assertEquals(1, server.queryNames(pools, null).size());
          site.pool("shop", "pm = ondemand", "pm.max_children = 1");
          Await.until("2 beans", () -> server.queryNames(pools, null).size() == 2);
          java.nio.file.Files.delete(site.poolFile("shop"));
          Await.until("1 bean", () -> server.queryNames(pools, null).size() == 1);
        });
    assertTrue(master.isAlive());
  }
}
