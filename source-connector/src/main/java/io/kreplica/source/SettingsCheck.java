package io.kreplica.source;

import io.kreplica.source.event.TypeMapping;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Refuses settings of Connect itself under which rows would be lost or change places without
 * anybody noticing.
 */
final class SettingsCheck {

  private static final String TOPIC_CREATION = "topic.creation.";
  private static final String PRODUCER = "producer.override.";

  private final Map<String, String> settings;

  SettingsCheck(Map<String, String> settings) {
    this.settings = settings;
  }

  /**
   * Runs the check.
   *
   * @param report takes the connector's setting that stands for the fault, and its message
   */
  void run(BiConsumer<String, String> report) {
    if ("all".equals(settings.get("errors.tolerance"))
        && !Boolean.parseBoolean(settings.get(ReplicaSourceConfig.ACCEPT_MISSING_ROWS))) {
      report.accept(
          ReplicaSourceConfig.ACCEPT_MISSING_ROWS,
          "errors.tolerance=all makes Connect drop rows silently. Set errors.tolerance=none; or, if"
              + " rows may be missing on the slaves, set accept.missing.rows=true.");
    }
    if (TypeMapping.CONNECT.text().equals(settings.get(ReplicaSourceConfig.TYPE_MAPPING))) {
      for (var converter : List.of("key.converter", "value.converter")) {
        if (losesTypes(converter)) {
          report.accept(
              ReplicaSourceConfig.TYPE_MAPPING,
              "type.mapping=connect needs schemas, and "
                  + converter
                  + " leaves them out: a Decimal would arrive as base64, a Date as a number. Set "
                  + converter
                  + ".schemas.enable=true, or type.mapping=exact.");
        }
      }
    }
    checkTopicCreation(report);
    if (reordersOnRetry()) {
      report.accept(
          ReplicaSourceConfig.TOPIC,
          "producer.override.max.in.flight.requests.per.connection above 1 lets a retry change the"
              + " order of records. Leave it out, or set producer.override.enable.idempotence=true"
              + " as well.");
    }
    if ("0".equals(settings.get(PRODUCER + "acks"))
        || "1".equals(settings.get(PRODUCER + "acks"))) {
      report.accept(
          ReplicaSourceConfig.TOPIC,
          "producer.override.acks="
              + settings.get(PRODUCER + "acks")
              + " lets a broker lose records that it has acknowledged, and the master has pruned."
              + " Leave it at all.");
    }
  }

  /**
   * Whether a converter is one that leaves schemas out, as far as the connector's settings tell.
   */
  private boolean losesTypes(String converter) {
    return settings.getOrDefault(converter, "").endsWith("JsonConverter")
        && "false".equalsIgnoreCase(settings.get(converter + ".schemas.enable"));
  }

  private void checkTopicCreation(BiConsumer<String, String> report) {
    settings.forEach(
        (name, value) -> {
          if (!name.startsWith(TOPIC_CREATION) || value == null) {
            return;
          }
          if (name.endsWith(".cleanup.policy") && value.contains("compact")) {
            report.accept(
                ReplicaSourceConfig.TOPIC,
                name
                    + "="
                    + value
                    + " would let Kafka drop changes that a newer one of the same key follows, and"
                    + " refuse markers, which have no key. Set it to delete.");
          }
          if (name.endsWith(".partitions") && value.strip().matches("[0-9]*[02-9]|[0-9]+1")) {
            report.accept(
                ReplicaSourceConfig.TOPIC,
                name
                    + "="
                    + value
                    + ", but the order of changes holds in one partition. Set it to 1.");
          }
        });
  }

  private boolean reordersOnRetry() {
    var inFlight = settings.get(PRODUCER + "max.in.flight.requests.per.connection");
    return inFlight != null
        && !inFlight.strip().equals("1")
        && !Boolean.parseBoolean(settings.get(PRODUCER + "enable.idempotence"));
  }
}
