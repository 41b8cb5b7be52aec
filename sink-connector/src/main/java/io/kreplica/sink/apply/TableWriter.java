package io.kreplica.sink.apply;

import io.kreplica.postgres.SqlStates;
import io.kreplica.sink.apply.Reduction.Run;
import io.kreplica.sink.change.Change;
import io.kreplica.sink.change.Shape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Writes the runs of one table within the open transaction. Where rows stand in each other's way,
 * because values of a unique column moved from row to row, all of them are taken out before they
 * are put in again. Used by the task's thread only.
 */
final class TableWriter {

  /** So many rows, or characters, go into one statement at most. */
  private static final int CHUNK_ROWS = 5_000;

  private static final long CHUNK_CHARS = 4L << 20;

  private final Connection connection;
  private final Tables tables;
  private final boolean careful;

  /**
   * Makes a writer.
   *
   * @param careful whether to look for the row when a statement fails: slower, for a second try
   */
  TableWriter(Connection connection, Tables tables, boolean careful) {
    this.connection = connection;
    this.tables = tables;
    this.careful = careful;
  }

  /**
   * Writes runs.
   *
   * @param more whether the batch goes on, so that a row may wait for one that is still to come
   * @return the rows that wait
   * @throws ConnectException if a row is refused and this writer is careful
   */
  List<Change.Row> write(List<Run> runs, boolean more) throws SQLException {
    if (!plan(runs.get(0).shape()).isGuarded()) {
      writeAll(runs, careful);
      return List.of();
    }
    var savepoint = connection.setSavepoint();
    try {
      writeAll(runs, false);
      connection.releaseSavepoint(savepoint);
      return List.of();
    } catch (SQLException e) {
      if (Outages.isOutage(e) || (!careful && !isInTheWay(e))) {
        throw e;
      }
      connection.rollback(savepoint);
      if (isInTheWay(e)) {
        return writeAnew(runs, more);
      }
    }
    writeAll(runs, careful);
    return List.of();
  }

  private void writeAll(List<Run> runs, boolean naming) throws SQLException {
    for (var run : runs) {
      for (var chunk : chunks(run.rows())) {
        if (naming) {
          writeNaming(run, chunk);
        } else {
          writeChunk(run, chunk);
        }
      }
    }
  }

  /** Takes out every row that the runs touch, then writes them; keeps what only the slave knows. */
  private List<Change.Row> writeAnew(List<Run> runs, boolean more) throws SQLException {
    var cleared = new ArrayList<Run>();
    for (var run : runs) {
      cleared.addAll(takeOut(run));
    }
    if (!more) {
      writeAll(cleared, careful);
      return List.of();
    }
    var waiting = new ArrayList<Change.Row>();
    for (var run : cleared) {
      for (var chunk : chunks(run.rows())) {
        waiting.addAll(run.delete() ? List.of() : insertWhatFits(run.shape(), chunk));
      }
    }
    return waiting;
  }

  private List<Run> takeOut(Run run) throws SQLException {
    var plan = plan(run.shape());
    if (run.delete() || plan.slaveOnly().isEmpty()) {
      for (var chunk : chunks(run.rows())) {
        execute(plan.delete(), plan.keys(chunk));
      }
      return List.of(run);
    }
    var wider = run.shape().with(plan.slaveOnly());
    var known = new Run(wider, false, new ArrayList<>());
    var unknown = new Run(run.shape(), false, new ArrayList<>());
    for (var chunk : chunks(run.rows())) {
      takeOutKeeping(plan, chunk, known, unknown);
    }
    return known.rows().isEmpty() ? List.of(unknown) : List.of(known, unknown);
  }

  /** Deletes the rows of a chunk, and sorts it into those that were there, widened, and others. */
  private void takeOutKeeping(TablePlan plan, List<Change.Row> chunk, Run known, Run unknown)
      throws SQLException {
    var was = new boolean[chunk.size()];
    try (var statement = connection.prepareStatement(plan.deleteReturning())) {
      bind(statement, plan.keys(chunk));
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          var row = chunk.get(rows.getInt(1) - 1);
          was[rows.getInt(1) - 1] = true;
          var values = new ArrayList<>(row.values());
          for (var i = 0; i < plan.slaveOnly().size(); i++) {
            values.add(rows.getString(i + 2));
          }
          known.rows().add(new Change.Row(known.shape(), false, values, row.origin()));
        }
      }
    }
    for (var i = 0; i < was.length; i++) {
      if (!was[i]) {
        unknown.rows().add(chunk.get(i));
      }
    }
  }

  private List<Change.Row> insertWhatFits(Shape shape, List<Change.Row> chunk) throws SQLException {
    var plan = plan(shape);
    if (!plan.canInsertWhatFits()) {
      return insertByHalves(plan, chunk);
    }
    var inserted = new HashSet<Object>();
    try (var statement = connection.prepareStatement(plan.insertWhatFits())) {
      bind(statement, plan.values(chunk));
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          var key = new String[shape.key().size()];
          for (var i = 0; i < key.length; i++) {
            key[i] = rows.getString(i + 1);
          }
          inserted.add(key.length == 1 ? key[0] : Arrays.asList(key));
        }
      }
    }
    return chunk.stream().filter(row -> !inserted.contains(shape.keyOf(row.values()))).toList();
  }

  private List<Change.Row> insertByHalves(TablePlan plan, List<Change.Row> chunk)
      throws SQLException {
    var savepoint = connection.setSavepoint();
    try {
      execute(plan.insert(), plan.values(chunk));
      connection.releaseSavepoint(savepoint);
      return List.of();
    } catch (SQLException e) {
      if (!isInTheWay(e)) {
        throw e;
      }
      connection.rollback(savepoint);
      connection.releaseSavepoint(savepoint);
    }
    if (chunk.size() == 1) {
      return chunk;
    }
    var half = chunk.size() / 2;
    var waiting = new ArrayList<>(insertByHalves(plan, chunk.subList(0, half)));
    waiting.addAll(insertByHalves(plan, chunk.subList(half, chunk.size())));
    return waiting;
  }

  /** Writes a chunk; if that fails, finds the row and names it. */
  private void writeNaming(Run run, List<Change.Row> chunk) throws SQLException {
    var savepoint = connection.setSavepoint();
    try {
      writeChunk(run, chunk);
      connection.releaseSavepoint(savepoint);
    } catch (SQLException e) {
      if (Outages.isOutage(e)) {
        throw e;
      }
      connection.rollback(savepoint);
      if (chunk.size() == 1) {
        var row = chunk.get(0);
        throw Refusals.ofRow(
            row,
            tables.target(run.shape().table()),
            RefusedColumn.find(connection, plan(run.shape()), row),
            e);
      }
      var half = chunk.size() / 2;
      writeNaming(run, chunk.subList(0, half));
      writeNaming(run, chunk.subList(half, chunk.size()));
    }
  }

  private void writeChunk(Run run, List<Change.Row> chunk) throws SQLException {
    var plan = plan(run.shape());
    if (run.delete()) {
      execute(plan.delete(), plan.keys(chunk));
    } else if (plan.replaces()) {
      for (var lifted : takeOut(new Run(run.shape(), false, chunk))) {
        var widened = plan(lifted.shape());
        if (!lifted.rows().isEmpty()) {
          execute(widened.insert(), widened.values(lifted.rows()));
        }
      }
    } else {
      execute(plan.upsert(), plan.values(chunk));
    }
  }

  private TablePlan plan(Shape shape) throws SQLException {
    return tables.plan(connection, shape);
  }

  private void execute(String sql, String[] parameters) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      bind(statement, parameters);
      statement.executeUpdate();
    }
  }

  private static void bind(PreparedStatement statement, String[] parameters) throws SQLException {
    for (var i = 0; i < parameters.length; i++) {
      statement.setString(i + 1, parameters[i]);
    }
  }

  private static boolean isInTheWay(SQLException e) {
    return SqlStates.is(e, SqlStates.UNIQUE_VIOLATION)
        || SqlStates.is(e, SqlStates.EXCLUSION_VIOLATION);
  }

  private static List<List<Change.Row>> chunks(List<Change.Row> rows) {
    var chunks = new ArrayList<List<Change.Row>>();
    var start = 0;
    var chars = 0L;
    for (var i = 0; i < rows.size(); i++) {
      if (i - start == CHUNK_ROWS || chars > CHUNK_CHARS) {
        chunks.add(rows.subList(start, i));
        start = i;
        chars = 0;
      }
      for (var value : rows.get(i).values()) {
        chars += value == null ? 0 : value.length();
      }
    }
    if (start < rows.size()) {
      chunks.add(rows.subList(start, rows.size()));
    }
    return chunks;
  }
}
