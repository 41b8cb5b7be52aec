package io.kreplica.sink.apply;

import io.kreplica.postgres.ServerMessage;
import io.kreplica.postgres.SessionFactory;
import io.kreplica.postgres.SqlStates;
import io.kreplica.record.SchemaCommand;
import io.kreplica.sink.change.Change;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes the master's schema commands on the slave, within the transaction that applies the
 * changes around them, as {@code replica.execute} did on the master: in PL/pgSQL, with the same
 * search path and settings. Used by the task's thread only.
 */
final class SchemaCommands {

  private static final Logger LOG = LoggerFactory.getLogger(SchemaCommands.class);

  private static final String EXECUTE =
      "do $$ begin execute current_setting('replica.command'); end $$";

  /** On a slave that is a master as well, so that what it tracks follows. */
  private static final String EXECUTE_AS_MASTER =
      "do $$ begin perform replica.execute(current_setting('replica.command'), true); end $$";

  private static final String MAY_EXECUTE_AS_MASTER =
      "select coalesce(has_function_privilege(to_regprocedure('replica.execute(text, boolean)')::oid,"
          + " 'execute'), false)";

  private static final Pattern NEW_ENUM_OR_VALUE =
      Pattern.compile(
          "(?is)\\s*(alter\\s+type\\s[^;]*\\sadd\\s+value|create\\s+type\\s[^;(]*\\sas\\s+enum)"
              + "\\W[^;]*;?\\s*");

  private static final String DUPLICATE_OBJECT = "42710";
  private static final String UNDEFINED_OBJECT = "42704";
  private static final String LOCKED = "55P03";

  private final SessionFactory sessions;
  private final boolean enabled;
  private final boolean careful;

  /**
   * Makes an executor.
   *
   * @param sessions where a session comes from for what must be committed by itself
   * @param enabled whether commands are executed; if not, they are skipped with a word in the log
   * @param careful whether a failure is final; if not, the batch will be tried again by itself
   */
  SchemaCommands(SessionFactory sessions, boolean enabled, boolean careful) {
    this.sessions = sessions;
    this.enabled = enabled;
    this.careful = careful;
  }

  /**
   * Executes a command, or skips it.
   *
   * @return whether the slave may have changed
   * @throws ConnectException if the slave refuses it and this executor is careful
   */
  boolean execute(Connection connection, Change.Command change) throws SQLException {
    if (change.command().isComment()) {
      LOG.info("The master remarks: {}", change.command().sql());
      return false;
    }
    if (!enabled) {
      LOG.warn(
          "Skipping the schema command {}, as ddl.enabled is false: change the slave by hand where"
              + " it needs it",
          change);
      return false;
    }
    LOG.info("Executing the schema command {}", change);
    try {
      if (!addedToEnums(change)) {
        run(connection, change.command());
        // Plans that the session has prepared may no longer fit.
        execute(connection, "deallocate all");
      }
    } catch (SQLException e) {
      if (Outages.isOutage(e) || !careful) {
        throw e;
      }
      throw new ConnectException(
          "Cannot execute the schema command "
              + change
              + ": "
              + Refusals.describe(e)
              + ". "
              + remedy(e),
          ServerMessage.withoutValues(e));
    }
    return true;
  }

  private static void run(Connection connection, SchemaCommand command) throws SQLException {
    var settings = new TreeMap<>(command.settings());
    settings.put("search_path", command.searchPath());
    var before = current(connection, settings);
    settings.put("replica.command", command.sql());
    before.put("replica.command", "");
    set(connection, settings);
    execute(connection, mayExecuteAsMaster(connection) ? EXECUTE_AS_MASTER : EXECUTE);
    set(connection, before);
  }

  private static boolean mayExecuteAsMaster(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(MAY_EXECUTE_AS_MASTER)) {
      row.next();
      return row.getBoolean(1);
    }
  }

  /**
   * A new value of an enum can be used only once it is committed, and the rows behind it use it in
   * this very transaction. So it is added over a session of its own, ahead of the rest; if that is
   * undone and done again, the value is there. So is a new enum, since of a type that is not
   * committed new values cannot be, before PostgreSQL 17. What that session does not see, or finds
   * locked, because this transaction has created or changed it, is left to this transaction.
   *
   * @return whether that was such a command and is done
   */
  private boolean addedToEnums(Change.Command change) throws SQLException {
    if (!NEW_ENUM_OR_VALUE.matcher(change.command().sql()).matches()) {
      return false;
    }
    try (var session = SlaveSession.open(sessions)) {
      // Not long: what holds the type may be the transaction that waits for this.
      execute(session, "set lock_timeout = '2s'");
      // It is another master's command, though this session is not a replica's.
      execute(session, "set replica.capture_ddl = off");
      run(session, change.command());
      return true;
    } catch (SQLException e) {
      if (SqlStates.is(e, DUPLICATE_OBJECT)) {
        LOG.info("The slave has what {} adds already", change);
        return true;
      }
      if (SqlStates.is(e, UNDEFINED_OBJECT)
          || SqlStates.is(e, SqlStates.INVALID_SCHEMA)
          || SqlStates.is(e, LOCKED)) {
        return false;
      }
      throw e;
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Map<String, String> current(Connection connection, Map<String, String> settings)
      throws SQLException {
    var current = new TreeMap<String, String>();
    try (var select = connection.prepareStatement("select current_setting(?)")) {
      for (var name : settings.keySet()) {
        select.setString(1, name);
        try (var row = select.executeQuery()) {
          row.next();
          current.put(name, row.getString(1));
        }
      }
    }
    return current;
  }

  /** For the session, since a command may have set them for the session; undone with it. */
  private static void set(Connection connection, Map<String, String> settings) throws SQLException {
    try (var select = connection.prepareStatement("select set_config(?, ?, false)")) {
      for (var setting : settings.entrySet()) {
        select.setString(1, setting.getKey());
        select.setString(2, setting.getValue());
        select.execute();
      }
    }
  }

  private static String remedy(SQLException e) {
    if (SqlStates.is(e, SqlStates.INSUFFICIENT_PRIVILEGE)) {
      return "The role that the sink connects as executes the master's schema commands: let it own"
          + " the tables, or be a member of the role that owns them, and grant it CREATE on their"
          + " schema; and restart the sink.";
    }
    return "Let the slave be as the master was before the command (its text is in the log of the"
        + " master, table replica.replica_log, until it is pruned, and on the topic), and restart"
        + " the sink. If the slave has the change already, set ddl.enabled=false until the command"
        + " has passed.";
  }
}
