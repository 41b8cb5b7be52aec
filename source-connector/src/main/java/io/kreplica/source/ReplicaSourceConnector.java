package io.kreplica.source;

import io.kreplica.source.master.MasterChecks;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the log of a PostgreSQL master and writes it to one topic partition. One log has one order,
 * so the connector has one task. Validation connects to the master and looks whether it can be
 * replicated.
 */
public final class ReplicaSourceConnector extends SourceConnector {

  private static final Logger LOG = LoggerFactory.getLogger(ReplicaSourceConnector.class);

  private Map<String, String> settings;

  /** Connect makes connectors without arguments. */
  public ReplicaSourceConnector() {}

  @Override
  public String version() {
    return Version.text();
  }

  @Override
  public ConfigDef config() {
    return ReplicaSourceConfig.DEFINITION;
  }

  @Override
  public void start(Map<String, String> settings) {
    this.settings = settings;
  }

  @Override
  public Class<? extends Task> taskClass() {
    return ReplicaSourceTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    if (maxTasks > 1) {
      LOG.info("tasks.max is {}; one task is used, since a log has one order", maxTasks);
    }
    return List.of(settings);
  }

  @Override
  public void stop() {
    settings = null;
  }

  @Override
  public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> settings) {
    return ExactlyOnceSupport.SUPPORTED;
  }

  @Override
  public ConnectorTransactionBoundaries canDefineTransactionBoundaries(
      Map<String, String> settings) {
    return ConnectorTransactionBoundaries.SUPPORTED;
  }

  @Override
  public Config validate(Map<String, String> settings) {
    var validated = super.validate(settings);
    BiConsumer<String, String> report =
        (setting, message) -> value(validated, setting).addErrorMessage(message);
    new SettingsCheck(settings).run(report);
    if (validated.configValues().stream().allMatch(value -> value.errorMessages().isEmpty())) {
      var config = new ReplicaSourceConfig(settings);
      new MasterChecks(config.master(), config.autoInstall(), config.tables()).run(report);
    }
    return validated;
  }

  private static ConfigValue value(Config config, String setting) {
    return config.configValues().stream()
        .filter(value -> value.name().equals(setting))
        .findFirst()
        .orElseThrow();
  }
}
