package org.fpm4j.status.internal;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanException;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.NotificationEmitter;
import javax.management.ReflectionException;
import javax.management.StandardEmitterMBean;
import javax.management.openmbean.OpenMBeanAttributeInfo;
import javax.management.openmbean.OpenType;
import org.fpm4j.status.Description;
import org.fpm4j.status.Impact;
import org.fpm4j.status.Named;

/**
 * An MXBean whose MBeanInfo is filled from the annotations of its interface, and whose attributes
 * read in one call come from one snapshot. Units and metric types reach the descriptors by
 * themselves ({@link javax.management.DescriptorKey}).
 */
final class AnnotatedMBean extends StandardEmitterMBean {

  private final Class<?> contract;
  private final SnapshotScope<?> scope;
  private final Map<String, Supplier<?>> openData = new HashMap<>();

  /**
   * @param contract an MXBean interface annotated throughout
   * @param scope what the bean reads its attributes from
   * @param openData by attribute, what gives its value for a type instead of the bean's getter,
   *     where JMX's own conversion is too slow
   */
  <T> AnnotatedMBean(
      T bean,
      Class<T> contract,
      SnapshotScope<?> scope,
      NotificationEmitter emitter,
      Map<String, Function<OpenType<?>, ?>> openData) {
    super(bean, contract, true, emitter);
    this.contract = contract;
    this.scope = scope;
    for (MBeanAttributeInfo each : getMBeanInfo().getAttributes()) {
      Function<OpenType<?>, ?> source = openData.get(each.getName());
      if (source != null) {
        OpenType<?> type = ((OpenMBeanAttributeInfo) each).getOpenType();
        this.openData.put(each.getName(), () -> source.apply(type));
      }
    }
  }

  @Override
  public Object getAttribute(String name)
      throws AttributeNotFoundException, MBeanException, ReflectionException {
    Supplier<?> source = openData.get(name);
    return source == null ? super.getAttribute(name) : scope.during(source::get);
  }

  @Override
  public AttributeList getAttributes(String[] names) {
    return scope.during(
        () -> {
          AttributeList read = new AttributeList(names.length);
          for (String name : names) {
            try {
              read.add(new Attribute(name, getAttribute(name)));
            } catch (JMException | RuntimeException unreadable) {
              // DynamicMBean: what cannot be read is left out
            }
          }
          return read;
        });
  }

  @Override
  protected String getDescription(MBeanInfo info) {
    return contract.getAnnotation(Description.class).value();
  }

  @Override
  protected String getDescription(MBeanAttributeInfo info) {
    return method((info.isIs() ? "is" : "get") + info.getName(), 0)
        .map(getter -> getter.getAnnotation(Description.class).value())
        .orElseGet(info::getDescription);
  }

  @Override
  protected String getDescription(MBeanOperationInfo info) {
    return method(info)
        .map(operation -> operation.getAnnotation(Description.class).value())
        .orElseGet(info::getDescription);
  }

  @Override
  protected int getImpact(MBeanOperationInfo info) {
    return method(info)
        .map(operation -> operation.getAnnotation(Impact.class).value().code())
        .orElseGet(info::getImpact);
  }

  @Override
  protected String getDescription(MBeanOperationInfo info, MBeanParameterInfo shown, int index) {
    return parameter(info, index)
        .map(parameter -> parameter.getAnnotation(Description.class).value())
        .orElseGet(shown::getDescription);
  }

  @Override
  protected String getParameterName(MBeanOperationInfo info, MBeanParameterInfo shown, int index) {
    return parameter(info, index)
        .map(parameter -> parameter.getAnnotation(Named.class).value())
        .orElseGet(((MBeanFeatureInfo) shown)::getName);
  }

  private Optional<Parameter> parameter(MBeanOperationInfo info, int index) {
    return method(info).map(operation -> operation.getParameters()[index]);
  }

  private Optional<Method> method(MBeanOperationInfo info) {
    return method(info.getName(), info.getSignature().length);
  }

  private Optional<Method> method(String name, int parameters) {
    return Arrays.stream(contract.getMethods())
        .filter(each -> each.getName().equals(name) && each.getParameterCount() == parameters)
        .findFirst();
  }
}
