package org.fpm4j.status.internal;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Optional;
import javax.management.AttributeList;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.NotificationEmitter;
import javax.management.StandardEmitterMBean;
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

  /**
   * @param contract an MXBean interface annotated throughout
   * @param scope what the bean reads its attributes from
   */
  <T> AnnotatedMBean(
      T bean, Class<T> contract, SnapshotScope<?> scope, NotificationEmitter emitter) {
    super(bean, contract, true, emitter);
    this.contract = contract;
    this.scope = scope;
  }

  @Override
  public AttributeList getAttributes(String[] names) {
    return scope.during(() -> super.getAttributes(names));
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
