package io.kreplica.sink.validate;

import io.kreplica.sink.ReplicaSinkConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigValue;

/**
 * Checks a sink's properties beyond their definition: what this connector needs of Connect's own,
 * and, if nothing is wrong so far, whether the slave is ready. Every error stands at the property
 * that would mend it.
 */
public final class SinkValidation {

  private final List<ConfigValue> values;
  private final Map<String, String> properties;

  /**
   * Makes a validation.
   *
   * @param checked the result of checking each property by itself
   * @param properties the properties
   */
  public SinkValidation(Config checked, Map<String, String> properties) {
    this.values = new ArrayList<>(checked.configValues());
    this.properties = properties;
  }

  /** Checks, and returns the result with what was found. */
  public Config run() {
    checkTopics();
    checkTolerance();
    checkCommands();
    checkTables();
    if (values.stream().allMatch(value -> value.errorMessages().isEmpty())) {
      new SlaveReadiness(new ReplicaSinkConfig(properties), topic(), this::error).check();
    }
    return new Config(values);
  }

  private void checkTopics() {
    if (!properties.getOrDefault("topics.regex", "").isBlank()) {
      error(
          "topics.regex",
          "The order of changes holds within one topic only. Name it in topics instead.");
    } else if (topics().size() != 1) {
      error(
          "topics",
          "One topic must be named, that of KReplica's source; not " + topics().size() + ".");
    }
  }

  private void checkTolerance() {
    var tolerant = "all".equals(properties.get("errors.tolerance"));
    var accepted = Boolean.parseBoolean(properties.get(ReplicaSinkConfig.ACCEPT_MISSING_ROWS));
    if (tolerant && !accepted) {
      error(
          "errors.tolerance",
          "With all, Connect drops records that it cannot convert, and rows would be missing on the"
              + " slave without a word. Set it to none; or, if rows may be missing, set "
              + ReplicaSinkConfig.ACCEPT_MISSING_ROWS
              + "=true.");
    }
  }

  private void checkCommands() {
    var executes = Boolean.parseBoolean(properties.get(ReplicaSinkConfig.DDL_ENABLED));
    if (executes && !properties.getOrDefault(ReplicaSinkConfig.TABLE_MAP, "").isBlank()) {
      error(
          ReplicaSinkConfig.DDL_ENABLED,
          "The master's schema commands name its tables as they are called there, and would miss or"
              + " hit other tables where "
              + ReplicaSinkConfig.TABLE_MAP
              + " gives them other names. Leave one of the two out.");
    }
  }

  private void checkTables() {
    if (values.stream().anyMatch(value -> !value.errorMessages().isEmpty())) {
      return;
    }
    for (var source : new ReplicaSinkConfig(properties).tableMap().namedInVain()) {
      error(
          ReplicaSinkConfig.TABLE_MAP,
          "Table "
              + source
              + " stands in it, and "
              + ReplicaSinkConfig.TABLES
              + " does not name it, so that its changes are refused. Name it there too.");
    }
  }

  private List<String> topics() {
    return Arrays.stream(properties.getOrDefault("topics", "").split(",", -1))
        .map(String::strip)
        .filter(topic -> !topic.isEmpty())
        .toList();
  }

  private String topic() {
    return topics().get(0);
  }

  private void error(String key, String message) {
    var value =
        values.stream()
            .filter(candidate -> candidate.name().equals(key))
            .findFirst()
            .orElseGet(
                () -> {
                  var added = new ConfigValue(key);
                  // Connect knows topics as a list, and converts what it finds here.
                  added.value(key.equals("topics") ? topics() : properties.get(key));
                  values.add(added);
                  return added;
                });
    value.addErrorMessage(message);
  }
}
