package io.kreplica.source;

import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Refuses settings of Connect itself under which rows would be lost or change places without
 * anybody noticing.
 */
final class SettingsCheck {

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

  private boolean reordersOnRetry() {
    var inFlight = settings.get(PRODUCER + "max.in.flight.requests.per.connection");
    return inFlight != null
        && !inFlight.strip().equals("1")
        && !Boolean.parseBoolean(settings.get(PRODUCER + "enable.idempotence"));
  }
}
