package io.kreplica.sink.apply;

import io.kreplica.postgres.SqlStates;
import io.kreplica.record.TableName;
import io.kreplica.sink.assemble.Work;
import io.kreplica.sink.change.Change;
import io.kreplica.sink.change.Expectation;
import io.kreplica.sink.change.Shape;
import io.kreplica.sink.position.FencedException;
import io.kreplica.sink.position.Position;
import io.kreplica.sink.position.PositionRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies batches over one session. Each transaction first takes the position row, so that a task
 * that has been succeeded applies nothing, and commits only with the position moved behind its last
 * batch: what readers of the slave see is always a state that the master had. A batch may come in
 * parts; they share one transaction. Used by the task's thread only.
 */
final class BatchApplier {

  private static final Logger LOG = LoggerFactory.getLogger(BatchApplier.class);
  private static final String REFERENCED = "0A000";

  private final Connection connection;
  private final PositionRow position;
  private final Tables tables;
  private final TableWriter writer;
  private final CopyLedger ledger;
  private final boolean careful;
  private final SchemaCommands commands;
  private final SlaveSequences sequences;
  private final ConflictWatch conflicts;
  private final ConflictLog conflictLog;
  private final RangeVerifier verifier;

  private final StoredValues storedValues = new StoredValues();
  private final SetAsideRows setAside;

  private boolean inTransaction;
  private boolean moved;
  private List<Change.Row> waiting = List.of();

  BatchApplier(
      Connection connection,
      PositionRow position,
      Tables tables,
      CopyLedger ledger,
      SchemaCommands commands,
      SlaveSequences sequences,
      ConflictMode conflictMode,
      ConflictLog conflictLog,
      SetAsideRows setAside,
      RangeVerifier verifier,
      boolean careful) {
    this.connection = connection;
    this.position = position;
    this.tables = tables;
    this.careful = careful;
    this.writer = new TableWriter(connection, tables, careful);
    this.ledger = ledger;
    this.commands = commands;
    this.sequences = sequences;
    this.conflicts = new ConflictWatch(connection, tables, ledger, conflictMode, conflictLog);
    this.conflictLog = conflictLog;
    this.setAside = setAside;
    this.verifier = verifier;
  }

  /**
   * Applies work, and commits if its last batch is complete.
   *
   * @throws FencedException if a successor has taken over; nothing is applied then
   * @throws SQLException if the slave refuses it; {@link #rollBack} is due then
   */
  void apply(Work work) throws SQLException {
    if (!inTransaction) {
      begin(work);
    }
    var changes = new ArrayList<Change>();
    for (var change : work.changes()) {
      if (change instanceof Change.Command command) {
        write(work, changes, true);
        changes.clear();
        execute(work.log(), command);
      } else if (change instanceof Change.Verification verification) {
        // All rows of its batch stand before it, so none has to wait for one behind it.
        write(work, changes, false);
        changes.clear();
        if (tables.takes(verification.table())) {
          verifier.verify(connection, work.log(), verification, rows -> write(work, rows, false));
        }
      } else if (change instanceof Change.RowToRepair row) {
        if (tables.takes(row.row().table())) {
          verifier.repair().gather(row);
        }
      } else if (change instanceof Change.Part part) {
        storedValues.add(connection, part);
      } else if (change instanceof Change.Altered) {
        verifier.altered().see(change);
      } else if (change instanceof Change.SetAside aside) {
        setAside.add(aside);
      } else {
        setAside.settle(change);
        verifier.altered().see(change);
        changes.add(change);
      }
    }
    write(work, changes, !work.isComplete());
    forgetStoredValues(work);
    if (work.isComplete()) {
      verifier.repair().clear();
      sequences.set(connection, work.sequences());
      conflicts.count(work.log());
      setAside.write(connection);
      verifier.write(connection, work.log());
      commit(work.end().orElseThrow());
    }
  }

  /** Unless the work ends within a value, or a row that refers to one waits, none is needed. */
  private void forgetStoredValues(Work work) throws SQLException {
    var changes = work.changes();
    if ((changes.isEmpty() || !(changes.get(changes.size() - 1) instanceof Change.Part))
        && waiting.stream().noneMatch(row -> row.shape().isStoring())
        && !verifier.repair().isStoring()) {
      storedValues.clear(connection);
    }
  }

  boolean isInTransaction() {
    return inTransaction;
  }

  private void begin(Work work) throws SQLException {
    inTransaction = true;
    tables.beginTransaction();
    position.join(connection, work.log(), work.from());
    setAside.begin(connection, work.log());
    // Either way all constraints are deferred, in the same round trip where that counts.
    if (work.isComplete()) {
      position.move(connection, work.end().get());
      moved = true;
    } else {
      LOG.info("Applying a batch piece by piece, as it is larger than the buffer");
      position.lock(connection);
    }
  }

  /**
   * Writes changes between which the slave's tables stay as they are.
   *
   * @param more whether the batch goes on behind them
   */
  private void write(Work work, List<Change> some, boolean more) throws SQLException {
    // What waits has been looked at.
    var changes = new ArrayList<Change>();
    waiting.forEach(row -> changes.add(row.expecting(Expectation.NONE)));
    changes.addAll(some);
    waiting = new ArrayList<>();
    var plans = plan(changes);
    ledger.meet(connection, work.log(), plans.keySet());
    var steps = Reduction.of(changes, shape -> plans.get(shape).equalAsText());
    for (var i = 0; i < steps.size(); i++) {
      var step = steps.get(i);
      if (step instanceof Reduction.Rows rows) {
        conflicts.look(rows, more || rows.isFollowedIn(steps.subList(i + 1, steps.size())));
        waiting.addAll(writer.write(rows.runs(), more));
      } else if (step instanceof Reduction.Truncate truncate) {
        truncate(truncate.tables());
      } else if (step instanceof Reduction.BeginCopy copy) {
        beginCopy(work.log(), copy.change());
      } else if (step instanceof Reduction.EndCopy copy && tables.takes(copy.change().table())) {
        ledger.endCopy(connection, work.log(), copy.change());
      }
    }
  }

  private void execute(String log, Change.Command command) throws SQLException {
    ledger.heed(connection, log, command.command());
    if (commands.execute(connection, command)) {
      tables.forget();
    }
  }

  /** Plans for all shapes first: what is missing is said before anything is done. */
  private Map<Shape, TablePlan> plan(List<Change> changes) throws SQLException {
    var plans = new HashMap<Shape, TablePlan>();
    Shape last = null;
    for (var change : changes) {
      if (change instanceof Change.Row row && !row.shape().equals(last)) {
        last = row.shape();
        plans.put(last, plan(last));
      }
    }
    return plans;
  }

  /** What the slave lacks for one batch holds up none before it, so each is tried by itself. */
  private TablePlan plan(Shape shape) throws SQLException {
    try {
      return tables.plan(connection, shape);
    } catch (ConnectException e) {
      if (careful) {
        throw e;
      }
      throw new SQLException(e.getMessage(), SqlStates.UNDEFINED_TABLE, e);
    }
  }

  /** A slave that has more foreign keys than the master, or fewer truncates, is emptied instead. */
  private void truncate(Set<TableName> sources) throws SQLException {
    var targets = new ArrayList<String>();
    for (var source : sources) {
      targets.add(tables.ownRows(connection, tables.target(source)));
    }
    var savepoint = connection.setSavepoint();
    try (var statement = connection.createStatement()) {
      statement.execute("truncate " + String.join(", ", targets));
      connection.releaseSavepoint(savepoint);
    } catch (SQLException e) {
      if (!SqlStates.is(e, REFERENCED)) {
        throw e;
      }
      connection.rollback(savepoint);
      for (var target : targets) {
        empty(target);
      }
    }
  }

  private void beginCopy(String log, Change.CopyBegun copy) throws SQLException {
    if (!tables.takes(copy.table())) {
      LOG.info("Copy {} of {} is not for this slave", copy.request(), copy.table());
      return;
    }
    var target = tables.target(copy.table());
    if (SlaveCatalog.read(connection, target).isPresent()) {
      LOG.info("Copy {} of {} begins: emptying {}", copy.request(), copy.table(), target);
      empty(tables.ownRows(connection, target));
    } else if (tables.willCreate()) {
      LOG.info(
          "Copy {} of {} begins: its first row creates {}", copy.request(), copy.table(), target);
    } else {
      throw Mismatch.missingTable(copy.table(), target);
    }
    ledger.beginCopy(connection, log, copy);
  }

  private void empty(String target) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("delete from " + target);
    }
  }

  private void commit(Position end) throws SQLException {
    if (!moved) {
      position.move(connection, end);
    }
    connection.commit();
    position.moved(end);
    ledger.committed();
    conflictLog.committed();
    setAside.committed();
    verifier.committed();
    storedValues.transactionEnded();
    inTransaction = false;
    moved = false;
    LOG.debug("Applied up to batch {}, offset {}", end.batch(), end.kafkaOffset());
  }

  /** Undoes what has been applied since the last commit. */
  void rollBack() throws SQLException {
    inTransaction = false;
    moved = false;
    waiting = List.of();
    tables.forget();
    position.unjoin();
    ledger.rolledBack();
    conflicts.rolledBack();
    conflictLog.rolledBack();
    setAside.rolledBack();
    verifier.rolledBack();
    storedValues.transactionEnded();
    connection.rollback();
  }
}
