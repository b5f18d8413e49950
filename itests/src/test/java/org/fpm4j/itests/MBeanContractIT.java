package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanNotificationInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.ObjectName;
import javax.management.openmbean.ArrayType;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.TabularType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Pins names, types, units and impacts of everything the MBeans show, in {@code mbeans.golden}:
 * dashboards and alerts are built on them. After a wanted change, run with {@code -Dmbeans.write}.
 */
class MBeanContractIT {

  private static final Path BASE = Path.of(System.getProperty("basedir", "."));
  private static final Path GOLDEN =
      BASE.resolve("src/test/resources/org/fpm4j/itests/mbeans.golden");
  private static final Path README = BASE.resolve("../README.md");

  @RegisterExtension final Site site = new Site();

  @Test
  void showWhatTheGoldenFileAndTheReadmeSay() throws Exception {
    site.pool("www", "pm = static", "pm.max_children = 1");
    RunningMaster master = site.start();
    site.awaitWorkers("www", 1);
    List<String> shown = new ArrayList<>();

    AttachedClient.connected(
        master,
        server -> {
          Await.until(
              "2 MBeans", () -> server.queryNames(ObjectNames.of("org.fpm4j:*"), null).size() == 2);
          for (ObjectName name :
              new TreeSet<>(server.queryNames(ObjectNames.of("org.fpm4j:*"), null))) {
            shown.addAll(describe(name, server.getMBeanInfo(name)));
          }
        });

    if (System.getProperty("mbeans.write") != null) {
      Files.write(GOLDEN, shown);
    }
    assertEquals(String.join("\n", Files.readAllLines(GOLDEN)), String.join("\n", shown));
    String readme = Files.readString(README);
    List<String> missing =
        shown.stream()
            .filter(line -> line.startsWith("|"))
            .filter(row -> !readme.contains(row))
            .toList();
    assertEquals(List.of(), missing, "rows the README lacks");
  }

  private static List<String> describe(ObjectName name, MBeanInfo info) {
    List<String> lines = new ArrayList<>();
    lines.add(name + ": " + info.getDescription());
    Stream.of(info.getAttributes())
        .sorted(Comparator.comparing(MBeanAttributeInfo::getName))
        .forEach(
            attribute -> {
              lines.add(row(attribute));
              lines.add("    " + type(attribute.getDescriptor().getFieldValue("openType")));
              assertTrue(!attribute.isWritable(), attribute::getName);
            });
    Stream.of(info.getOperations())
        .sorted(Comparator.comparing(MBeanOperationInfo::getName))
        .forEach(
            operation -> {
              lines.add(row(operation));
              lines.add("    " + impact(operation.getImpact()) + " " + operation.getReturnType());
              for (MBeanParameterInfo parameter : operation.getSignature()) {
                lines.add(
                    "    %s %s: %s"
                        .formatted(
                            parameter.getType(), parameter.getName(), parameter.getDescription()));
              }
            });
    for (MBeanNotificationInfo notification : info.getNotifications()) {
      for (String type : notification.getNotifTypes()) {
        lines.add("notification " + type);
      }
    }
    return lines;
  }

  /** As in the README's tables. */
  private static String row(MBeanAttributeInfo attribute) {
    Object unit = attribute.getDescriptor().getFieldValue("units");
    Object metric = attribute.getDescriptor().getFieldValue("metricType");
    String counter = "COUNTER".equals(metric) ? "counter" : "";
    String how =
        Stream.of(unit == null ? "" : unit.toString(), counter)
            .filter(word -> !word.isEmpty())
            .collect(Collectors.joining(", "));
    return "| `%s` | %s | %s |".formatted(attribute.getName(), how, attribute.getDescription());
  }

  private static String row(MBeanOperationInfo operation) {
    String parameters =
        Stream.of(operation.getSignature())
            .map(MBeanParameterInfo::getName)
            .collect(Collectors.joining(", "));
    return "| `%s(%s)` | | %s |"
        .formatted(operation.getName(), parameters, operation.getDescription());
  }

  private static String impact(int impact) {
    return switch (impact) {
      case MBeanOperationInfo.INFO -> "INFO";
      case MBeanOperationInfo.ACTION -> "ACTION";
      case MBeanOperationInfo.ACTION_INFO -> "ACTION_INFO";
      default -> "UNKNOWN";
    };
  }

  private static String type(Object type) {
    if (type instanceof TabularType table) {
      return "table of " + type(table.getRowType());
    }
    if (type instanceof CompositeType composite) {
      return composite.keySet().stream()
          .map(item -> item + " " + type(composite.getType(item)))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    if (type instanceof ArrayType<?> array) {
      return "array of " + type(array.getElementOpenType());
    }
    String name = ((OpenType<?>) type).getTypeName();
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
