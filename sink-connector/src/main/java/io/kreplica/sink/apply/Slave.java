package io.kreplica.sink.apply;

import io.kreplica.postgres.ServerMessage;
import io.kreplica.postgres.SessionFactory;
import io.kreplica.postgres.SqlStates;
import io.kreplica.sink.assemble.Work;
import io.kreplica.sink.position.FencedException;
import io.kreplica.sink.position.Position;
import io.kreplica.sink.position.PositionRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The slave as a task sees it: attached over one session, or not. A task's first attachment claims
 * the position; later ones, after an outage, only find out whether the claim still stands. Used by
 * the task's thread only.
 */
public final class Slave {

  private static final Logger LOG = LoggerFactory.getLogger(Slave.class);

  private final SessionFactory sessions;
  private final PositionRow position;
  private final Tables tables;
  private final CopyLedger ledger;
  private final SchemaPolicy policy;
  private final SlaveSequences sequences;
  private final ConflictMode conflictMode;
  private final ConflictLog conflictLog;
  private final SetAsideRows setAside = new SetAsideRows();
  private final RangeVerifier verifier;
  private final Totals totals;

  private Connection connection;
  private BatchApplier applier;
  private boolean claimed;
  private boolean careful;

  /**
   * Makes a slave that is not attached.
   *
   * @param name its name
   * @param position the hold on the position row, not claimed yet
   * @param policy how far the slave's schema follows the master's
   * @param totals counts what is met
   */
  public Slave(
      String name,
      SessionFactory sessions,
      PositionRow position,
      TableMap map,
      SchemaPolicy policy,
      SlaveSequences sequences,
      ConflictMode conflictMode,
      Totals totals,
      Clock clock) {
    this.sessions = sessions;
    this.position = position;
    this.tables = new Tables(map, new TableGrowth(policy));
    this.ledger = new CopyLedger(map);
    this.policy = policy;
    this.sequences = sequences;
    this.conflictMode = conflictMode;
    this.totals = totals;
    this.conflictLog = new ConflictLog(map, totals, clock);
    this.verifier = new RangeVerifier(name, map, ledger, totals, clock);
  }

  /** Whether there is a session to apply over. */
  public boolean isAttached() {
    return connection != null;
  }

  /**
   * Attaches to the slave and finds out how far it is.
   *
   * @throws SQLException in an outage
   * @throws FencedException if another sink, or a successor of this task, holds the position
   * @throws ConnectException if something must be changed first; the message says what
   */
  public void attach() throws SQLException {
    var session = SlaveSession.open(sessions);
    try {
      SlaveSession.boundLockWaits(session);
      SlaveSession.checkScript(session, sessions.user());
      SlaveSession.becomeReplica(session, sessions.user());
      takePosition(session);
      countDiffering(session);
      session.setAutoCommit(false);
    } catch (SQLException e) {
      close(session);
      throw explain(e);
    } catch (ConnectException e) {
      close(session);
      throw e;
    }
    tables.forget();
    connection = session;
    applier = newApplier(careful);
  }

  /** What earlier tasks have found differs still. */
  private void countDiffering(Connection session) throws SQLException {
    if (position().isPresent()) {
      totals.differNow(DifferingRange.count(session, position().get().log()));
    }
  }

  /** Waiting helps in an outage only. */
  private SQLException explain(SQLException e) {
    if (Outages.isOutage(e)) {
      return e;
    }
    if (SqlStates.is(e, SqlStates.INSUFFICIENT_PRIVILEGE)) {
      throw new ConnectException(
          "Cannot apply to this slave: "
              + Refusals.describe(e)
              + ". Run on the slave: grant replica_sink to "
              + sessions.user()
              + "; if that was done, run sql/slave/install.sql again.",
          ServerMessage.withoutValues(e));
    }
    throw Refusals.of("attach to " + sessions, e);
  }

  private void takePosition(Connection session) throws SQLException {
    if (!claimed) {
      SlaveSession.endLeftovers(session);
      position.claim(session);
      claimed = true;
    } else {
      position.verify(session);
      SlaveSession.endLeftovers(session);
      position.reread(session);
    }
  }

  /** Whether a part of a batch is applied and waits for the rest in an open transaction. */
  public boolean isInTransaction() {
    return applier != null && applier.isInTransaction();
  }

  /** Whether each batch should come by itself, so that a refusal holds up no batch before it. */
  public boolean isCareful() {
    return careful;
  }

  /** How far the slave is; empty if nothing was ever applied. */
  public Optional<Position> position() {
    return position.position();
  }

  /**
   * Applies work, and commits if it is complete.
   *
   * @throws FencedException if a successor has taken over; nothing is applied then
   * @throws ConnectException if the slave lacks something; the message says what
   * @throws SQLException if the slave refuses it
   */
  public void apply(Work work) throws SQLException {
    applier.apply(work);
    if (work.isComplete() && careful) {
      careful = false;
      applier = newApplier(false);
    }
  }

  /** Undoes what has been applied since the last commit. */
  public void rollBack() throws SQLException {
    applier.rollBack();
  }

  /**
   * After a refusal: undoes, looks at the slave's tables anew, and from now until the next commit
   * finds out which row is refused. The second refusal is final.
   *
   * @throws ConnectException if this was the second
   */
  public void tryCarefully(SQLException refusal) throws SQLException {
    if (careful) {
      throw Refusals.of("apply a batch", refusal);
    }
    LOG.debug("Refused, trying again row by row: {}", Refusals.describe(refusal));
    applier.rollBack();
    tables.forget();
    careful = true;
    applier = newApplier(true);
  }

  /** Gives up the session, and with it what has been applied since the last commit. */
  public void detach() {
    if (connection == null) {
      return;
    }
    position.unjoin();
    ledger.rolledBack();
    conflictLog.rolledBack();
    setAside.rolledBack();
    verifier.rolledBack();
    close(connection);
    connection = null;
    applier = null;
  }

  private BatchApplier newApplier(boolean carefully) {
    var commands = new SchemaCommands(sessions, policy.executesCommands(), carefully);
    return new BatchApplier(
        connection,
        position,
        tables,
        ledger,
        commands,
        sequences,
        conflictMode,
        conflictLog,
        setAside,
        verifier,
        carefully);
  }

  private static void close(Connection session) {
    try {
      session.close();
    } catch (SQLException e) {
      LOG.debug("Closing a session failed: {}", Refusals.describe(e));
    }
  }
}
