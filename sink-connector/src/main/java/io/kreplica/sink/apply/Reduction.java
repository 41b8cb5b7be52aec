package io.kreplica.sink.apply;

import io.kreplica.record.TableName;
import io.kreplica.sink.change.Change;
import io.kreplica.sink.change.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Reduces changes in the order of the log to few steps that lead to the same state: of each row
 * only the last state is kept, and rows are gathered by table. What empties a table is a barrier
 * that nothing crosses. Only the end is a state of the master, which is where the slave commits.
 */
final class Reduction {

  /** One thing to do. */
  sealed interface Step {}

  /** Write rows of one table, run after run. */
  record Rows(TableName table, List<Run> runs) implements Step {

    /** Whether rows of the same table are among later steps. */
    boolean isFollowedIn(List<Step> later) {
      return later.stream().anyMatch(step -> step instanceof Rows rows && rows.table.equals(table));
    }
  }

  /** Truncate these tables in one statement, as one of them may refer to another. */
  record Truncate(Set<TableName> tables) implements Step {}

  /** Empty a table for its copy. */
  record BeginCopy(Change.CopyBegun change) implements Step {}

  /** Note that a copy is complete. */
  record EndCopy(Change.CopyEnded change) implements Step {}

  /** Rows of one shape that one kind of statement writes. */
  record Run(Shape shape, boolean delete, List<Change.Row> rows) {}

  private final Predicate<Shape> equalAsText;
  private final List<Step> steps = new ArrayList<>();
  private final Map<TableName, LastStates> open = new LinkedHashMap<>();

  private Reduction(Predicate<Shape> equalAsText) {
    this.equalAsText = equalAsText;
  }

  /**
   * Reduces changes.
   *
   * @param equalAsText whether keys of the shape's table are equal only if their texts are; where
   *     not, the order of changes is kept across keys
   */
  static List<Step> of(Iterable<Change> changes, Predicate<Shape> equalAsText) {
    var reduction = new Reduction(equalAsText);
    changes.forEach(reduction::add);
    reduction.barrier();
    return reduction.steps;
  }

  private void add(Change change) {
    if (change instanceof Change.Row row) {
      add(row);
      return;
    }
    barrier();
    if (change instanceof Change.Truncate truncated) {
      var last = steps.isEmpty() ? null : steps.get(steps.size() - 1);
      if (last instanceof Truncate truncate) {
        truncate.tables().add(truncated.table());
      } else {
        steps.add(new Truncate(new LinkedHashSet<>(Set.of(truncated.table()))));
      }
    } else if (change instanceof Change.CopyBegun begun) {
      steps.add(new BeginCopy(begun));
    } else if (change instanceof Change.CopyEnded ended) {
      steps.add(new EndCopy(ended));
    }
  }

  private void add(Change.Row row) {
    var states = open.get(row.table());
    if (states == null) {
      states = new LastStates(equalAsText.test(row.shape()));
      open.put(row.table(), states);
    }
    if (!states.add(row)) {
      steps.add(states.toStep(row.table()));
      states = new LastStates(equalAsText.test(row.shape()));
      states.add(row);
      open.put(row.table(), states);
    }
  }

  private void barrier() {
    open.forEach((table, states) -> steps.add(states.toStep(table)));
    open.clear();
  }

  /** The last state of each row of one table. */
  private static final class LastStates {

    private final boolean anyOrder;
    private final Map<Object, Change.Row> rows = new LinkedHashMap<>();

    LastStates(boolean anyOrder) {
      this.anyOrder = anyOrder;
    }

    /**
     * Adds a row, unless the same row has been given columns before that this one does not have.
     */
    boolean add(Change.Row row) {
      var key = row.shape().keyOf(row.values());
      var earlier = rows.get(key);
      if (earlier != null
          && !earlier.delete()
          && !row.delete()
          && !row.shape().covers(earlier.shape())) {
        return false;
      }
      if (earlier != null && !anyOrder) {
        rows.remove(key);
      }
      // What the first change of a key tells, holds before all of them.
      rows.put(
          key,
          earlier == null ? row : row.expecting(earlier.expectation().with(row.expectation())));
      return true;
    }

    Rows toStep(TableName table) {
      return new Rows(table, anyOrder ? deletesThenUpserts() : inOrder());
    }

    private List<Run> deletesThenUpserts() {
      var deletes = new LinkedHashMap<Shape, Run>();
      var upserts = new LinkedHashMap<Shape, Run>();
      for (var row : rows.values()) {
        (row.delete() ? deletes : upserts)
            .computeIfAbsent(row.shape(), shape -> new Run(shape, row.delete(), new ArrayList<>()))
            .rows()
            .add(row);
      }
      var runs = new ArrayList<>(deletes.values());
      runs.addAll(upserts.values());
      return runs;
    }

    private List<Run> inOrder() {
      var runs = new ArrayList<Run>();
      Run run = null;
      for (var row : rows.values()) {
        if (run == null || run.delete() != row.delete() || !run.shape().equals(row.shape())) {
          run = new Run(row.shape(), row.delete(), new ArrayList<>());
          runs.add(run);
        }
        run.rows().add(row);
      }
      return runs;
    }
  }
}
