package io.kreplica.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.types.Password;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Opens PostgreSQL sessions for a connector, all with the same manners: values in the text form
 * that every PostgreSQL reads back, no server-side timeout that would end a session which is merely
 * quiet, and neither side waits for hours on a connection that is gone: the server by TCP
 * keepalives, this side by a {@link SessionWatch} over each session.
 *
 * @param url a JDBC URL, {@code jdbc:postgresql://host:port/database}, without a password
 * @param user the role to connect as
 * @param password its password, and that of the key that it shows in the URL, if one is encrypted;
 *     may be empty where none is asked for
 * @param applicationName what {@code pg_stat_activity} shows, at most 63 bytes
 * @param patience how long the server may be silent where an answer is due, before somebody looks
 *     whether it is at work; and how long each step of connecting may take
 */
public record SessionFactory(
    String url, String user, Password password, String applicationName, Duration patience) {

  private static final int CANCEL_TIMEOUT_SECONDS = 1;
  private static final String WATCH_APPLICATION_NAME = "kreplica-watch";

  /** What a server begins with that cannot fork; one without TLS says N. */
  private static final char ERROR = 'E';

  /** Settings every session starts with; they need no privilege and no round trip. */
  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("DateStyle", "ISO,YMD"),
          Map.entry("IntervalStyle", "postgres"),
          Map.entry("bytea_output", "hex"),
          Map.entry("lc_monetary", "C"),
          Map.entry("xmloption", "content"),
          Map.entry("array_nulls", "on"),
          Map.entry("quote_all_identifiers", "off"),
          Map.entry("standard_conforming_strings", "on"),
          Map.entry("search_path", "pg_catalog"),
          // A statement from which policies hide rows fails, instead of passing them over.
          Map.entry("row_security", "off"),
          Map.entry("statement_timeout", "0"),
          Map.entry("lock_timeout", "0"),
          Map.entry("idle_in_transaction_session_timeout", "0"),
          Map.entry("tcp_keepalives_idle", "30"),
          Map.entry("tcp_keepalives_interval", "10"),
          Map.entry("tcp_keepalives_count", "3"),
          Map.entry("tcp_user_timeout", "60000"));

  /**
   * Opens an autocommit session.
   *
   * @throws RefusedSessionException if one side does not trust the other; waiting does not help
   * @throws SQLException if the server refuses or cannot be reached in time; with state 0A000 if a
   *     pooler in between does not give whole sessions
   */
  public Connection open() throws SQLException {
    var ticket = WatchedSockets.ticket();
    Connection connection;
    Optional<WatchedSocket> socket;
    try {
      connection = connectWatched(ticket);
    } finally {
      socket = WatchedSockets.collect(ticket);
    }
    try {
      if (Pooler.isBefore(connection)) {
        Pooler.refuseShared(connection, this::openToAsk);
        // A pooler that was told to ignore them has not handed them on.
        set(connection, SETTINGS);
      }
      var backend = prepare(connection);
      if (socket.isPresent()) {
        SessionWatch.start(this, socket.get(), backend);
      }
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private Connection connectWatched(String ticket) throws SQLException {
    var properties = properties(applicationName);
    // A factory of the user's own, in the URL, has precedence; its sockets nobody watches.
    PGProperty.SOCKET_FACTORY.set(properties, WatchedSockets.class.getName());
    PGProperty.SOCKET_FACTORY_ARG.set(properties, ticket);
    try {
      return connect(properties);
    } catch (RefusedSessionException e) {
      // To the driver both are a server without TLS.
      if (e.fault() == ConnectFault.NO_TLS && WatchedSockets.wasAnsweredWith(ERROR, ticket)) {
        throw new SQLException("the server could not begin a session", e.getSQLState(), e);
      }
      throw e;
    }
  }

  /** Opens a session for one short question. Its patience is that of each step. */
  Connection openToAsk() throws SQLException {
    return connect(properties(WATCH_APPLICATION_NAME));
  }

  private Properties properties(String name) {
    var properties = new Properties();
    PGProperty.USER.set(properties, user);
    if (hasPassword()) {
      PGProperty.PASSWORD.set(properties, password.value());
      PGProperty.SSL_PASSWORD.set(properties, password.value());
    }
    var seconds = Math.toIntExact(patience.plusMillis(999).toSeconds());
    PGProperty.APPLICATION_NAME.set(properties, name);
    PGProperty.OPTIONS.set(
        properties,
        SETTINGS.entrySet().stream()
            .map(setting -> "-c " + setting.getKey() + "=" + setting.getValue())
            .collect(Collectors.joining(" ")));
    PGProperty.TCP_KEEP_ALIVE.set(properties, true);
    PGProperty.CONNECT_TIMEOUT.set(properties, seconds);
    PGProperty.LOGIN_TIMEOUT.set(properties, 2 * seconds);
    PGProperty.SOCKET_TIMEOUT.set(properties, seconds);
    PGProperty.CANCEL_SIGNAL_TIMEOUT.set(properties, CANCEL_TIMEOUT_SECONDS);
    PGProperty.STRING_TYPE.set(properties, "unspecified");
    PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, false);
    return properties;
  }

  private boolean hasPassword() {
    return password != null && password.value() != null && !password.value().isEmpty();
  }

  private Connection connect(Properties properties) throws SQLException {
    Connection connection;
    try {
      connection = new Driver().connect(url, properties);
    } catch (SQLException e) {
      var fault = ConnectFault.ofDriver(e, hasPassword());
      throw fault == ConnectFault.UNREACHABLE ? e : new RefusedSessionException(fault, e);
    }
    if (connection == null) {
      throw new SQLException(
          "Cannot connect to '" + url + "': it is not of the form jdbc:postgresql://host:port/db",
          "08001");
    }
    return connection;
  }

  private static void set(Connection connection, Map<String, String> settings) throws SQLException {
    try (var select = connection.prepareStatement("select set_config(?, ?, false)")) {
      for (var setting : settings.entrySet()) {
        select.setString(1, setting.getKey());
        select.setString(2, setting.getValue());
        select.execute();
      }
    }
  }

  /** Sets what cannot be set while connecting; the process id of the backend. */
  private static int prepare(Connection connection) throws SQLException {
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
      // Not what the driver was told: a pooler in between tells a number of its own.
      try (var row = statement.executeQuery("select pg_backend_pid()")) {
        row.next();
        // From now on it is the watch that does not wait for ever.
        connection.setNetworkTimeout(Runnable::run, 0);
        return row.getInt(1);
      }
    }
  }

  @Override
  public String toString() {
    return url + " as " + user;
  }
}
