package io.kreplica.sink.validate;

import io.kreplica.postgres.ConnectFault;
import io.kreplica.postgres.SqlStates;
import io.kreplica.record.TableName;
import io.kreplica.sink.ReplicaSinkConfig;
import io.kreplica.sink.apply.Refusals;
import io.kreplica.sink.apply.SlaveCatalog;
import io.kreplica.sink.apply.SlaveSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.kafka.connect.errors.ConnectException;

/** Connects to the slave as the task would, and looks whether anything would stop it. */
final class SlaveReadiness {

  private static final List<String> WRITING =
      List.of("select", "insert", "update", "delete", "truncate");

  private final ReplicaSinkConfig config;
  private final String topic;
  private final BiConsumer<String, String> errors;

  /**
   * Makes a check.
   *
   * @param errors takes a property and what is wrong with it
   */
  SlaveReadiness(ReplicaSinkConfig config, String topic, BiConsumer<String, String> errors) {
    this.config = config;
    this.topic = topic;
    this.errors = errors;
  }

  void check() {
    try (var connection = config.sessions().open()) {
      checkSession(connection);
    } catch (SQLException e) {
      errors.accept(ConnectFault.of(e).setting(), ConnectFault.describe(config.sessions(), e));
    }
  }

  private void checkSession(Connection connection) {
    try {
      SlaveSession.checkScript(connection, user());
      checkPosition(connection);
    } catch (ConnectException | SQLException e) {
      errors.accept(ReplicaSinkConfig.CONNECTION_URL, messageOf(e));
    }
    try {
      SlaveSession.becomeReplica(connection, user());
      SlaveSession.checkTemporary(connection, user());
    } catch (ConnectException | SQLException e) {
      errors.accept(ReplicaSinkConfig.CONNECTION_USER, messageOf(e));
    }
    for (var target : config.tableMap().targets()) {
      try {
        checkTarget(connection, target);
      } catch (SQLException e) {
        errors.accept(ReplicaSinkConfig.TABLE_MAP, messageOf(e));
      }
    }
  }

  private void checkPosition(Connection connection) throws SQLException {
    var missing = SlavePrivileges.missing(connection);
    if (missing.isPresent()) {
      errors.accept(
          ReplicaSinkConfig.CONNECTION_USER,
          "Role '"
              + user()
              + "' lacks "
              + missing.get()
              + ". Run on the slave: grant replica_sink to "
              + user()
              + "; if that was done, run sql/slave/install.sql again.");
      return;
    }
    try (var select =
        connection.prepareStatement(
            "select sink, log_id from replica.replica_position"
                + " where topic = ? and partition = 0 and sink <> ?")) {
      select.setString(1, topic);
      select.setString(2, config.connector());
      try (var rows = select.executeQuery()) {
        if (rows.next()) {
          errors.accept(
              "name",
              "Sink '"
                  + rows.getString(1)
                  + "' applies topic '"
                  + topic
                  + "' to this slave already. If it is gone for good, run on the slave: update"
                  + " replica.replica_position set sink = '"
                  + config.connector().replace("'", "''")
                  + "' where log_id = '"
                  + rows.getString(2)
                  + "'");
        }
      }
    }
  }

  private void checkTarget(Connection connection, TableName target) throws SQLException {
    var table = SlaveCatalog.read(connection, target);
    if (table.isEmpty()) {
      errors.accept(
          ReplicaSinkConfig.TABLE_MAP,
          "The slave has no table " + target + ". Create it as it is on the master.");
    } else if (!table.get().hasKey()) {
      errors.accept(
          ReplicaSinkConfig.TABLE_MAP,
          "The slave's table "
              + target
              + " has no key. Add the primary key that the master's table has.");
    } else {
      missingToWrite(connection, target.toSql())
          .ifPresent(
              privileges ->
                  errors.accept(
                      ReplicaSinkConfig.TABLE_MAP,
                      "Role '"
                          + user()
                          + "' lacks "
                          + privileges
                          + ". Run on the slave: grant "
                          + String.join(", ", WRITING)
                          + " on "
                          + target
                          + " to "
                          + user()));
    }
  }

  /** What the role lacks to write a table. */
  private static Optional<String> missingToWrite(Connection connection, String table)
      throws SQLException {
    try (var select =
        connection.prepareStatement(
            "select string_agg(upper(p) || ' on ' || t::regclass, ', ')"
                + " from cast(? as text) as t, unnest(?) as p where not has_table_privilege(t, p)")) {
      select.setString(1, table);
      select.setArray(2, connection.createArrayOf("text", WRITING.toArray()));
      try (var row = select.executeQuery()) {
        row.next();
        return Optional.ofNullable(row.getString(1));
      }
    } catch (SQLException e) {
      if (SqlStates.is(e, SqlStates.INSUFFICIENT_PRIVILEGE)) {
        return Optional.of("USAGE on the schema of " + table);
      }
      throw e;
    }
  }

  private static String messageOf(Exception e) {
    return e instanceof SQLException refusal ? Refusals.describe(refusal) : e.getMessage();
  }

  private String user() {
    return config.getString(ReplicaSinkConfig.CONNECTION_USER);
  }
}
