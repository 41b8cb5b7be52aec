package io.kreplica.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.apache.kafka.common.config.types.Password;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Opens PostgreSQL sessions for a connector, all with the same manners: values in the text form
 * that every PostgreSQL reads back, no server-side timeout that would end a session which is merely
 * quiet, and TCP keepalives, so that neither side waits for hours on a connection that is gone.
 *
 * @param url a JDBC URL, {@code jdbc:postgresql://host:port/database}, without a password
 * @param user the role to connect as
 * @param password its password; may be empty where the server asks for none
 * @param applicationName what {@code pg_stat_activity} shows, at most 63 bytes
 */
public record SessionFactory(String url, String user, Password password, String applicationName) {

  private static final int CONNECT_TIMEOUT_SECONDS = 10;
  private static final int CANCEL_TIMEOUT_SECONDS = 1;

  /** Settings every session starts with; they need no privilege and no round trip. */
  private static final String OPTIONS =
      String.join(
          " ",
          "-c DateStyle=ISO,YMD",
          "-c IntervalStyle=postgres",
          "-c bytea_output=hex",
          "-c lc_monetary=C",
          "-c xmloption=content",
          "-c array_nulls=on",
          "-c quote_all_identifiers=off",
          "-c search_path=pg_catalog",
          "-c statement_timeout=0",
          "-c lock_timeout=0",
          "-c idle_in_transaction_session_timeout=0",
          "-c tcp_keepalives_idle=30",
          "-c tcp_keepalives_interval=10",
          "-c tcp_keepalives_count=3");

  /**
   * Opens an autocommit session.
   *
   * @throws SQLException if the server refuses or cannot be reached within ten seconds
   */
  public Connection open() throws SQLException {
    var properties = new Properties();
    PGProperty.USER.set(properties, user);
    if (password != null && password.value() != null && !password.value().isEmpty()) {
      PGProperty.PASSWORD.set(properties, password.value());
    }
    PGProperty.APPLICATION_NAME.set(properties, applicationName);
    PGProperty.OPTIONS.set(properties, OPTIONS);
    PGProperty.TCP_KEEP_ALIVE.set(properties, true);
    PGProperty.CONNECT_TIMEOUT.set(properties, CONNECT_TIMEOUT_SECONDS);
    PGProperty.LOGIN_TIMEOUT.set(properties, CONNECT_TIMEOUT_SECONDS);
    PGProperty.CANCEL_SIGNAL_TIMEOUT.set(properties, CANCEL_TIMEOUT_SECONDS);
    PGProperty.STRING_TYPE.set(properties, "unspecified");
    PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, false);
    var connection = new Driver().connect(url, properties);
    if (connection == null) {
      throw new SQLException(
          "Cannot connect to '" + url + "': it is not of the form jdbc:postgresql://host:port/db",
          "08001");
    }
    try (var statement = connection.createStatement()) {
      // The driver sends these two by itself, before the options above.
      statement.execute(
          "select set_config('TimeZone', 'UTC', false),"
              + " set_config('extra_float_digits', '1', false)");
      // Only PostgreSQL 14 and later know these two.
      statement.execute(
          "select set_config(name, '0', false) from pg_catalog.pg_settings"
              + " where name = 'idle_session_timeout'");
      statement.execute(
          "select set_config(name, '10s', false) from pg_catalog.pg_settings"
              + " where name = 'client_connection_check_interval' and max_val <> '0'");
    }
    return connection;
  }

  @Override
  public String toString() {
    return url + " as " + user;
  }
}
