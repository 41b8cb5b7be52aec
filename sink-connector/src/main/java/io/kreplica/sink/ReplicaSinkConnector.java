package io.kreplica.sink;

import io.kreplica.sink.validate.SinkValidation;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies a master's changes, as KReplica's source wrote them to a topic, to a slave database. It
 * runs as one task, as the topic has one partition and its order is the master's.
 */
public final class ReplicaSinkConnector extends SinkConnector {

  private static final Logger LOG = LoggerFactory.getLogger(ReplicaSinkConnector.class);

  private Map<String, String> properties = Map.of();

  @Override
  public void start(Map<String, String> connectorProperties) {
    properties = Map.copyOf(connectorProperties);
  }

  @Override
  public Class<? extends Task> taskClass() {
    return ReplicaSinkTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    if (maxTasks > 1) {
      LOG.info("Running one task of {}: the topic's one partition is applied in order", maxTasks);
    }
    return List.of(properties);
  }

  /** Checks the properties, and with them that the slave is ready: it connects and looks. */
  @Override
  public Config validate(Map<String, String> connectorProperties) {
    return new SinkValidation(super.validate(connectorProperties), connectorProperties).run();
  }

  @Override
  public ConfigDef config() {
    return ReplicaSinkConfig.CONFIG_DEF;
  }

  @Override
  public void stop() {
    properties = Map.of();
  }

  @Override
  public String version() {
    return Version.current();
  }
}
