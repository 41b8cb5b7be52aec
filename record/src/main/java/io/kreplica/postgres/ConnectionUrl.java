package io.kreplica.postgres;

import java.util.Locale;
import org.apache.kafka.common.config.ConfigException;

/** What both connectors ask of the URL of a database. */
public final class ConnectionUrl {

  private static final String PREFIX = "jdbc:postgresql:";

  private ConnectionUrl() {}

  /**
   * Checks a setting's value, as Kafka's ConfigDef has it done; null is somebody else's matter.
   *
   * @throws ConfigException if it holds a password, as messages show the URL; or is none of
   *     PostgreSQL's
   */
  public static void check(String setting, Object value) {
    if (value == null) {
      return;
    }
    // First what must not be shown, as the other message shows the value.
    if (value.toString().toLowerCase(Locale.ROOT).contains("password=")) {
      throw new ConfigException(
          "Cannot use "
              + setting
              + ": it holds a password. Put it into connection.password instead.");
    }
    if (!value.toString().startsWith(PREFIX)) {
      throw new ConfigException(
          setting, value, "It must be of the form jdbc:postgresql://host:port/database.");
    }
  }
}
