package io.kreplica.sink.apply;

import io.kreplica.postgres.Identifiers;
import io.kreplica.postgres.ServerMessage;
import io.kreplica.postgres.SqlStates;
import io.kreplica.record.TableName;
import io.kreplica.sink.change.Shape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the slave's missing tables and adds missing columns, where that is asked for, from the
 * types that the records' schemas carry; within the transaction that needs them. Columns that the
 * master has dropped stay. Used by the task's thread only.
 */
final class TableGrowth {

  private static final Logger LOG = LoggerFactory.getLogger(TableGrowth.class);
  private static final String UNDEFINED_TYPE = "42704";

  private final SchemaPolicy policy;
  private final Set<TableName> created = new HashSet<>();

  TableGrowth(SchemaPolicy policy) {
    this.policy = policy;
  }

  /** Whether a missing table is to be created, by the first row that comes for it. */
  boolean createsTables() {
    return policy.createsTables();
  }

  /**
   * Creates the table that a shape needs: its columns, its key, and its schema if that is missing.
   *
   * @throws ConnectException if that is not asked for, or cannot be done
   */
  void create(Connection connection, TableName target, Shape shape) throws SQLException {
    if (!policy.createsTables()) {
      throw Mismatch.missingTable(target, shape);
    }
    var what = "create table " + target;
    var parts = new ArrayList<String>();
    for (var i = 0; i < shape.columns().size(); i++) {
      parts.add(column(shape, i, what));
    }
    parts.add("primary key (" + quoted(shape.keyInOrder()) + ")");
    if (!hasSchema(connection, target.schema())) {
      execute(connection, what, "create schema " + Identifiers.quote(target.schema()));
    }
    execute(
        connection, what, "create table " + target.toSql() + " (" + String.join(", ", parts) + ")");
    created.add(target);
    LOG.info("Created table {} with columns {}", target, shape.columns());
  }

  /**
   * Adds the columns that a shape has and a table lacks.
   *
   * @return whether there were any
   * @throws ConnectException if that is not asked for, or cannot be done
   */
  boolean widen(Connection connection, SlaveTable table, Shape shape) throws SQLException {
    var missing =
        IntStream.range(0, shape.columns().size())
            .filter(i -> !table.columns().containsKey(shape.columns().get(i)))
            .boxed()
            .toList();
    var isKeyMissing = missing.stream().anyMatch(i -> shape.key().contains(shape.columns().get(i)));
    // The first that was heard of a table may have been a delete, which has the key's columns only.
    var isAllowed = policy.addsColumns() || created.contains(table.name());
    if (missing.isEmpty() || isKeyMissing || !isAllowed) {
      return false;
    }
    var what = "add columns to table " + table.name();
    var added =
        missing.stream().map(i -> column(shape, i, what)).collect(Collectors.joining(", add "));
    execute(connection, what, "alter table " + table.name().toSql() + " add " + added);
    LOG.warn(
        "Added to table {}: {}. They are null in the rows that were there; if the master has filled"
            + " them by a default, run select replica.copy('{}') there.",
        table.name(),
        added,
        shape.table());
    return true;
  }

  private static String column(Shape shape, int column, String what) {
    var name = shape.columns().get(column);
    if (shape.type(column) == null) {
      throw new ConnectException(
          "Cannot "
              + what
              + ": the records do not tell the type of column "
              + Identifiers.quoteIfNeeded(name)
              + ", or not as PostgreSQL writes it. auto.create and auto.evolve need converters that keep schemas, on both"
              + " connectors: key.converter.schemas.enable=true and"
              + " value.converter.schemas.enable=true for JsonConverter.");
    }
    return Identifiers.quote(name) + " " + shape.type(column);
  }

  private static boolean hasSchema(Connection connection, String name) throws SQLException {
    try (var select =
        connection.prepareStatement("select exists (select from pg_namespace where nspname = ?)")) {
      select.setString(1, name);
      try (var rows = select.executeQuery()) {
        return rows.next() && rows.getBoolean(1);
      }
    }
  }

  private static void execute(Connection connection, String what, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
    } catch (SQLException e) {
      if (Outages.isOutage(e)) {
        throw e;
      }
      throw new ConnectException(
          "Cannot " + what + ": " + Refusals.describe(e) + ". " + remedy(e),
          ServerMessage.withoutValues(e));
    }
  }

  private static String remedy(SQLException e) {
    if (SqlStates.is(e, UNDEFINED_TYPE) || SqlStates.is(e, SqlStates.INVALID_SCHEMA)) {
      return "Create the type, domain or extension on the slave as it is on the master, and restart"
          + " the sink.";
    }
    if (SqlStates.is(e, SqlStates.INSUFFICIENT_PRIVILEGE)) {
      return "Grant the role that the sink connects as CREATE on the schema, or on the database for"
          + " a schema that is missing, and let it own the tables that it is to alter; and restart"
          + " the sink.";
    }
    return "Create it by hand as it is on the master, and restart the sink.";
  }

  private static String quoted(List<String> columns) {
    return columns.stream().map(Identifiers::quote).collect(Collectors.joining(", "));
  }
}
