package org.fpm4j.config.internal;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** As much of Config Admin as the bundle uses: a list of configurations that can be updated. */
@SuppressWarnings("JdkObsolete") // Config Admin wants a Dictionary, and there is but one
final class FakeConfigAdmin {

  private final List<Configuration> configurations = new ArrayList<>();

  FakeConfigAdmin add(String pid, String factoryPid, Map<String, ?> properties) {
    configurations.add(configuration(pid, factoryPid, new Hashtable<>(properties)));
    return this;
  }

  ConfigurationAdmin service() {
    return proxy(
        ConfigurationAdmin.class,
        (proxy, method, args) ->
            switch (method.getName()) {
              case "listConfigurations" ->
                  configurations.isEmpty() ? null : configurations.toArray(new Configuration[0]);
              default -> throw new UnsupportedOperationException(method.getName());
            });
  }

  private static Configuration configuration(
      String pid, String factoryPid, Hashtable<String, Object> properties) {
    return proxy(
        Configuration.class,
        (proxy, method, args) ->
            switch (method.getName()) {
              case "getPid" -> pid;
              case "getFactoryPid" -> factoryPid;
              case "getProperties" -> new Hashtable<>(properties);
              case "update" -> {
                properties.clear();
                Dictionary<?, ?> updated = (Dictionary<?, ?>) args[0];
                for (var keys = updated.keys(); keys.hasMoreElements(); ) {
                  Object key = keys.nextElement();
                  properties.put(key.toString(), updated.get(key));
                }
                yield null;
              }
              default -> throw new UnsupportedOperationException(method.getName());
            });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
