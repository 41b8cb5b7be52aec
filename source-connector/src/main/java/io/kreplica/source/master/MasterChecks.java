package io.kreplica.source.master;

import io.kreplica.postgres.ConnectFault;
import io.kreplica.postgres.SessionFactory;
import io.kreplica.record.TableName;
import io.kreplica.record.TablePattern;
import io.kreplica.source.ReplicaSourceConfig;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Looks, before a connector is created, whether its master can be replicated: reachable, of a
 * version that will do, with the script installed and the privileges granted, and able to wake a
 * listener. What does not hold is reported for the setting that is at fault.
 */
public final class MasterChecks {

  private static final String TRACKED_TABLES =
      """
      select n.nspname, c.relname
      from replica.tracked_table t
      join pg_class c on c.oid = t.relation
      join pg_namespace n on n.oid = c.relnamespace
      where t.untracked_at is null
      """;

  private final SessionFactory master;
  private final boolean autoInstall;
  private final List<TablePattern> tables;

  /**
   * Prepares the checks.
   *
   * @param master how to connect
   * @param autoInstall whether the source will install what is missing
   * @param tables tables that should be there
   */
  public MasterChecks(SessionFactory master, boolean autoInstall, List<TablePattern> tables) {
    this.master = master;
    this.autoInstall = autoInstall;
    this.tables = tables;
  }

  /**
   * Runs the checks.
   *
   * @param report takes the name of the setting at fault and the message, for each that is found
   */
  public void run(BiConsumer<String, String> report) {
    try (var connection = master.open()) {
      if (!usable(connection, report)) {
        return;
      }
      var missing = MasterPrivileges.missingToWork(connection);
      if (missing.isPresent()) {
        report.accept(ReplicaSourceConfig.USER, lacking(missing.get()));
        return;
      }
      checkTables(connection, report);
      checkListen(connection, report);
    } catch (SQLException e) {
      report.accept(ConnectFault.of(e).setting(), ConnectFault.describe(master, e));
    }
  }

  private boolean usable(Connection connection, BiConsumer<String, String> report)
      throws SQLException {
    if (autoInstall && !isInstalled(connection)) {
      if (!mayCreate(connection)) {
        report.accept(
            ReplicaSourceConfig.USER,
            "Role "
                + master.user()
                + " may not install KReplica: it lacks CREATE on the database. Grant it, or let an"
                + " administrator run sql/master/install.sql.");
      }
      return false;
    }
    var missing = MasterPrivileges.missingToLook(connection);
    if (missing.isPresent()) {
      report.accept(ReplicaSourceConfig.USER, lacking(missing.get()));
      return false;
    }
    if (autoInstall && isOutdated(connection)) {
      if (!mayUpgrade(connection)) {
        report.accept(
            ReplicaSourceConfig.USER,
            "Role "
                + master.user()
                + " may not bring KReplica's script on the master up to date: it does not own the"
                + " schema replica. Let its owner run sql/master/install.sql.");
      }
      return false;
    }
    try {
      MasterIdentity.read(connection);
      return true;
    } catch (ConnectException e) {
      report.accept(ReplicaSourceConfig.URL, e.getMessage());
      return false;
    }
  }

  private static boolean isInstalled(Connection connection) throws SQLException {
    return isTrue(
        connection,
        "select exists (select from pg_class c where c.relname = 'log_state'"
            + " and c.relnamespace = to_regnamespace('replica'))");
  }

  private static boolean isOutdated(Connection connection) throws SQLException {
    return AutoInstall.installedVersion(connection) < MasterIdentity.SCHEMA_VERSION;
  }

  private static boolean mayCreate(Connection connection) throws SQLException {
    return isTrue(connection, "select has_database_privilege(current_database(), 'create')");
  }

  private static boolean mayUpgrade(Connection connection) throws SQLException {
    return isTrue(
        connection,
        "select pg_get_userbyid(n.nspowner) = current_user from pg_namespace n"
            + " where n.nspname = 'replica'");
  }

  private String lacking(String privileges) {
    return "Role "
        + master.user()
        + " lacks privileges: "
        + privileges
        + ". GRANT replica_source TO it, or run sql/master/install.sql again.";
  }

  private void checkTables(Connection connection, BiConsumer<String, String> report)
      throws SQLException {
    if (autoInstall) {
      return;
    }
    var tracked = new ArrayList<TableName>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(TRACKED_TABLES)) {
      while (rows.next()) {
        tracked.add(new TableName(rows.getString(1), rows.getString(2)));
      }
    }
    for (var pattern : tables) {
      if (tracked.stream().noneMatch(pattern::matches)) {
        report.accept(
            ReplicaSourceConfig.TABLES,
            "No tracked table matches '"
                + pattern.text()
                + "'. Run select replica.track('"
                + pattern.text()
                + "') on the master.");
      }
    }
  }

  /** LISTEN dies silently behind a transaction pooler; only the server's own word counts. */
  private void checkListen(Connection connection, BiConsumer<String, String> report)
      throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("listen replica_log");
    }
    if (!isTrue(connection, "select 'replica_log' in (select pg_listening_channels())")) {
      report.accept(
          ReplicaSourceConfig.URL,
          "The master does not keep LISTEN for "
              + master.url()
              + ": a transaction pooler, such as PgBouncer, is in between. Connect to PostgreSQL"
              + " itself, or to a pooler in session mode.");
    }
  }

  private static boolean isTrue(Connection connection, String query) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(query)) {
      row.next();
      return row.getBoolean(1);
    }
  }
}
