package io.kreplica.e2e;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.util.Optional;
import javax.management.JMException;
import javax.management.JMRuntimeException;
import javax.management.MBeanServerConnection;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** What a worker's JVM shows by JMX, seen from this machine. */
final class WorkerJmx implements AutoCloseable {

  private final VirtualMachine machine;
  private final JMXConnector connector;
  private final MBeanServerConnection beans;

  /** Looks into the worker of a process id. */
  @SuppressWarnings("BanJNDI") // The address is that of the test's own child process.
  WorkerJmx(long pid) throws IOException, AttachNotSupportedException {
    machine = VirtualMachine.attach(Long.toString(pid));
    connector = JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
    beans = connector.getMBeanServerConnection();
  }

  /** Everything, a line an attribute. */
  String all() throws IOException, JMException {
    var text = new StringBuilder();
    for (var name : beans.queryNames(null, null)) {
      for (var attribute : beans.getMBeanInfo(name).getAttributes()) {
        text.append(name)
            .append(' ')
            .append(attribute.getName())
            .append(' ')
            .append(attribute(name, attribute.getName()).orElse("is not readable"))
            .append('\n');
      }
    }
    return text.toString();
  }

  /** A number that the only task of a connector shows; empty if it shows none of this name. */
  Optional<Object> ofTask(String connectorName, String metric) {
    try {
      return attribute(
          new ObjectName("kafka.connect:type=plugins,connector=" + connectorName + ",task=0"),
          metric);
    } catch (MalformedObjectNameException | IOException e) {
      throw new IllegalStateException("Cannot read " + metric + " of " + connectorName, e);
    }
  }

  private Optional<Object> attribute(ObjectName name, String attribute) throws IOException {
    try {
      return Optional.ofNullable(beans.getAttribute(name, attribute));
    } catch (JMException | JMRuntimeException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() throws IOException {
    connector.close();
    machine.detach();
  }
}
