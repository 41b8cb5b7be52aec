package io.kreplica.source.master;

import io.kreplica.postgres.InstallScript;
import io.kreplica.postgres.ServerMessage;
import io.kreplica.postgres.SqlStates;
import io.kreplica.record.TableName;
import io.kreplica.record.TablePattern;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Installs the bundled script on the master and tracks the configured tables, where the role may:
 * {@code auto.install=true}. Does nothing that is done already.
 */
public final class AutoInstall {

  private static final Logger LOG = LoggerFactory.getLogger(AutoInstall.class);
  private static final String SCRIPT = "/kreplica/master-install.sql";

  private static final String UNTRACKED_TABLES =
      """
      select n.nspname, c.relname
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and c.relpersistence = 'p' and not c.relispartition
        and n.nspname not in ('replica', 'information_schema') and n.nspname !~ '^pg_'
        and not exists (select from replica.tracked_table t
                        where t.relation = c.oid and t.untracked_at is null)
      order by 1, 2
      """;

  private AutoInstall() {}

  /**
   * Brings the master's script and its tracked tables up to the configuration.
   *
   * @throws ConnectException if the role may not, or a table named in full cannot be tracked
   */
  public static void run(Connection connection, List<TablePattern> tables) throws SQLException {
    if (installedVersion(connection) < MasterIdentity.SCHEMA_VERSION) {
      install(connection);
    }
    for (var table : untracked(connection)) {
      var named = tables.stream().filter(pattern -> pattern.matches(table)).toList();
      if (!named.isEmpty()) {
        track(connection, table, named.stream().anyMatch(TablePattern::isExact));
      }
    }
  }

  /** The version of the script on the master; 0 if it was never run there. */
  static int installedVersion(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("select to_regclass('replica.log_state') is not null")) {
      row.next();
      if (!row.getBoolean(1)) {
        return 0;
      }
    }
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("select schema_version from replica.log_state")) {
      return row.next() ? row.getInt(1) : 0;
    }
  }

  private static void install(Connection connection) throws SQLException {
    try {
      InstallScript.ofResource(AutoInstall.class, SCRIPT).run(connection);
      LOG.info(
          "KReplica's script on the master is of version {} now", MasterIdentity.SCHEMA_VERSION);
    } catch (SQLException e) {
      if (SqlStates.is(e, SqlStates.INSUFFICIENT_PRIVILEGE)) {
        throw new ConnectException(
            "Cannot install KReplica's script on the master: "
                + ServerMessage.describe(e)
                + ". Grant the role CREATE on the database, and ownership of the schema replica if"
                + " there is one; or let an administrator run sql/master/install.sql.",
            ServerMessage.withoutValues(e));
      }
      throw e;
    }
  }

  private static List<TableName> untracked(Connection connection) throws SQLException {
    var tables = new ArrayList<TableName>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(UNTRACKED_TABLES)) {
      while (rows.next()) {
        tables.add(new TableName(rows.getString(1), rows.getString(2)));
      }
    }
    return tables;
  }

  private static void track(Connection connection, TableName table, boolean mustSucceed)
      throws SQLException {
    try (var statement = connection.prepareStatement("select replica.track(?::text::regclass)")) {
      statement.setString(1, table.toSql());
      try (var row = statement.executeQuery()) {
        row.next();
        LOG.info("{}", row.getString(1));
      }
    } catch (SQLException e) {
      if (SqlStates.isOutage(e)) {
        throw e;
      }
      if (mustSucceed) {
        throw new ConnectException(
            "Cannot track " + table + ": " + ServerMessage.describe(e),
            ServerMessage.withoutValues(e));
      }
      LOG.warn("Left out {}: {}", table, ServerMessage.describe(e));
    }
  }
}
