package io.kreplica.source.master;

import io.kreplica.postgres.ServerMessage;
import io.kreplica.postgres.SessionFactory;
import io.kreplica.postgres.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Keeps tracked tables' triggers fit while people alter the tables: finds those that got or lost
 * partitions, heirs, foreign keys or columns of other kinds, and lets the master bring them up to
 * date or say what a person must do. Has it keep the log within its limit, too, if it has one.
 * Looks at once, and then at an interval, on a thread and a session of its own, so that reading the
 * log never waits for it. Each table is a transaction of its own on the master; what is locked
 * there is left for the next time.
 */
public final class TableRenewal implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TableRenewal.class);

  private static final String UNFIT =
      """
      select t.table_id, t.name
      from replica.tracked_table t
      left join pg_class c on c.oid = t.relation
      where t.untracked_at is null
        and (c.oid is null
             or c.relispartition
             or replica.is_unfit(t)
             or replica.is_held_back(t.relation)
             or exists (select from replica.strangers(t.relation)))
      order by t.table_id
      """;

  /** How long a session may take to answer that it is still there. */
  private static final int ANSWER_SECONDS = 5;

  /** A tracked table that does not fit its triggers, by its number and its name in the log. */
  private record Unfit(int id, String name) {}

  private final SessionFactory sessions;
  private final Consumer<LogSize> onLogSize;
  private final ScheduledExecutorService executor;
  private volatile Connection connection;
  private volatile boolean isClosed;
  private volatile SQLException refusal;
  private Set<String> saidLastTime = Set.of();

  private TableRenewal(SessionFactory sessions, Consumer<LogSize> onLogSize) {
    // Connect's log context (which connector, which task) belongs to the thread; hand it on.
    var context = MDC.getCopyOfContextMap();
    this.sessions = sessions;
    this.onLogSize = onLogSize;
    this.executor =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              var thread =
                  new Thread(
                      () -> {
                        MDC.setContextMap(context == null ? Map.of() : context);
                        work.run();
                      },
                      "kreplica-renewal");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Starts to look, now and every so often.
   *
   * @param onLogSize is told the log's size each time, on a thread of the renewal's own
   */
  @SuppressWarnings("FutureReturnValueIgnored") // Nothing comes out of it: look() says what fails.
  public static TableRenewal every(
      Duration interval, SessionFactory sessions, Consumer<LogSize> onLogSize) {
    var renewal = new TableRenewal(sessions, onLogSize);
    renewal.executor.scheduleWithFixedDelay(
        renewal::look, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    return renewal;
  }

  /**
   * Nothing, while it may do its work. Thread: any.
   *
   * @throws SQLException if the source's role lacks a privilege for it
   */
  public void checkAllowed() throws SQLException {
    if (refusal != null) {
      throw refusal;
    }
  }

  private void look() {
    try (var open = sessions.open()) {
      connection = open;
      if (isClosed) {
        return;
      }
      lookAt(open);
    } catch (SQLException e) {
      if (!isClosed) {
        LOG.warn(
            "Could not look after the tracked tables, trying again: {}", ServerMessage.describe(e));
      }
    } catch (RuntimeException e) {
      LOG.warn("Could not look after the tracked tables, trying again", e);
    } finally {
      connection = null;
    }
  }

  private void lookAt(Connection open) throws SQLException {
    try {
      var said = new HashSet<String>();
      attendLog(open, said);
      onLogSize.accept(LogSize.read(open));
      for (var table : unfit(open)) {
        attendOrSay(open, table, said);
      }
      saidLastTime = said;
    } catch (SQLException e) {
      if (!isRefused(open, e)) {
        throw e;
      }
    }
  }

  /** Lets the master look after the log's size; says what is the matter with it. */
  private void attendLog(Connection connection, Set<String> said) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("select is_trouble, message from replica.attend_log()")) {
      while (rows.next()) {
        say(rows.getBoolean(1), rows.getString(2), said);
      }
    }
  }

  /** Whether the role lacks a privilege for it all; then {@link #checkAllowed} says so. */
  private boolean isRefused(Connection open, SQLException e) throws SQLException {
    if (!SqlStates.is(e, SqlStates.INSUFFICIENT_PRIVILEGE)) {
      return false;
    }
    var missing = MasterPrivileges.missingToWork(open);
    if (missing.isEmpty()) {
      return false;
    }
    refusal =
        new SQLException(
            "permission denied to look after the tracked tables: it takes " + missing.get(),
            SqlStates.INSUFFICIENT_PRIVILEGE);
    return true;
  }

  private static List<Unfit> unfit(Connection connection) throws SQLException {
    var tables = new ArrayList<Unfit>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(UNFIT)) {
      while (rows.next()) {
        tables.add(new Unfit(rows.getInt(1), rows.getString(2)));
      }
    }
    return tables;
  }

  /** Attends to a table; one that cannot be attended to keeps the source from no other. */
  private void attendOrSay(Connection connection, Unfit table, Set<String> said)
      throws SQLException {
    try {
      attend(connection, table, said);
    } catch (SQLException e) {
      if (isClosed || !connection.isValid(ANSWER_SECONDS)) {
        throw e;
      }
      if (!isRefused(connection, e)) {
        say(
            true,
            "Could not look after table "
                + table.name()
                + ", trying again: "
                + ServerMessage.describe(e),
            said);
      }
    }
  }

  /** Lets the master do what it can; says what came of it, unless it said so the last time. */
  private void attend(Connection connection, Unfit table, Set<String> said) throws SQLException {
    try (var statement =
        connection.prepareStatement("select is_trouble, message from replica.attend(?)")) {
      statement.setInt(1, table.id());
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          say(rows.getBoolean(1), rows.getString(2), said);
        }
      }
    }
  }

  private void say(boolean isTrouble, String message, Set<String> said) {
    if (!said.add(message) || saidLastTime.contains(message)) {
      return;
    }
    if (isTrouble) {
      LOG.warn("{}", message);
    } else {
      LOG.info("{}", message);
    }
  }

  /** Stops at once. Thread: any. */
  @Override
  public void close() {
    isClosed = true;
    executor.shutdownNow();
    var open = connection;
    if (open != null) {
      try {
        open.abort(Runnable::run);
      } catch (SQLException e) {
        LOG.debug("The connection was gone already: {}", e.getMessage());
      }
    }
  }
}
