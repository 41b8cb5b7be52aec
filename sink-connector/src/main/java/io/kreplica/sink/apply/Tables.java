package io.kreplica.sink.apply;

import io.kreplica.record.TableName;
import io.kreplica.sink.change.Shape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * The slave's tables as they are known, and the plans made for them. A table is looked up once, and
 * again before anything is reported missing. Used by the task's thread only.
 */
final class Tables {

  private final TableMap map;
  private final TableGrowth growth;
  private final Map<TableName, SlaveTable> known = new HashMap<>();
  private final Map<Shape, TablePlan> plans = new HashMap<>();
  private final Set<TableName> fresh = new HashSet<>();

  Tables(TableMap map, TableGrowth growth) {
    this.map = map;
    this.growth = growth;
  }

  /** Forgets what is known: the slave may have been altered. */
  void forget() {
    known.clear();
    plans.clear();
    fresh.clear();
  }

  /** A new transaction: what was looked up before may be outdated. */
  void beginTransaction() {
    fresh.clear();
  }

  /**
   * The plan for rows of a shape.
   *
   * @throws ConnectException if the slave lacks what it needs; the message says the DDL
   */
  TablePlan plan(Connection connection, Shape shape) throws SQLException {
    var plan = plans.get(shape);
    if (plan == null) {
      plan = makePlan(connection, shape);
      plans.put(shape, plan);
    }
    return plan;
  }

  private TablePlan makePlan(Connection connection, Shape shape) throws SQLException {
    var target = map.target(shape.table());
    var table = known.get(target);
    if (table != null) {
      try {
        return TablePlan.of(table, shape);
      } catch (ConnectException e) {
        if (fresh.contains(target)) {
          throw e;
        }
      }
    }
    table = read(connection, target, shape);
    if (growth.widen(connection, table, shape)) {
      table = read(connection, target, shape);
    }
    known.put(target, table);
    fresh.add(target);
    plans.keySet().removeIf(planned -> map.target(planned.table()).equals(target));
    return TablePlan.of(table, shape);
  }

  private SlaveTable read(Connection connection, TableName target, Shape shape)
      throws SQLException {
    var table = SlaveCatalog.read(connection, target);
    if (table.isEmpty()) {
      growth.create(connection, target, shape);
      table = SlaveCatalog.read(connection, target);
    }
    return table.orElseThrow(() -> Mismatch.missingTable(target, shape));
  }

  /** Whether a table that is missing will be created by the first row that comes for it. */
  boolean willCreate() {
    return growth.createsTables();
  }

  /** The rows of a slave's table as a DELETE or TRUNCATE names them. */
  String ownRows(Connection connection, TableName target) throws SQLException {
    var table = known.get(target);
    return (table == null ? SlaveCatalog.read(connection, target) : Optional.of(table))
        .map(SlaveTable::ownRows)
        .orElse(target.toSql());
  }

  /** Whether this sink takes the changes of a table of the master. */
  boolean takes(TableName source) {
    return map.takes(source);
  }

  /** The slave's table for a table of the master. */
  TableName target(TableName source) {
    return map.target(source);
  }
}
