package io.kreplica.sink.apply;

import io.kreplica.postgres.Identifiers;
import io.kreplica.record.TableName;
import io.kreplica.sink.change.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;

/** What the slave lacks to take a table's changes, each said with the DDL that would mend it. */
final class Mismatch {

  private static final String UNKNOWN_TYPE = "<type of the column on the master>";

  private Mismatch() {}

  static ConnectException missingTable(TableName target, Shape shape) {
    var lines = new ArrayList<String>();
    for (var i = 0; i < shape.columns().size(); i++) {
      lines.add(Identifiers.quoteIfNeeded(shape.columns().get(i)) + " " + type(shape, i));
    }
    lines.add("primary key (" + names(shape.keyInOrder()) + ")");
    return new ConnectException(
        "Cannot apply changes of "
            + shape.table()
            + ": the slave has no table "
            + target
            + ". Run on the slave: create table "
            + target
            + " ("
            + String.join(", ", lines)
            + "); and restart the sink. To send the changes to a table of another name, set"
            + " table.map.");
  }

  static ConnectException missingTable(TableName source, TableName target) {
    return new ConnectException(
        "Cannot empty the copy of "
            + source
            + ": the slave has no table "
            + target
            + ". Create it as it is on the master, and restart the sink.");
  }

  static ConnectException missingColumns(SlaveTable table, Shape shape, List<Integer> missing) {
    return new ConnectException(
        "Cannot apply changes of "
            + shape.table()
            + ": the slave's table "
            + table.name()
            + " has no column "
            + missing.stream()
                .map(i -> Identifiers.quoteIfNeeded(shape.columns().get(i)))
                .collect(Collectors.joining(", "))
            + ". Run on the slave: alter table "
            + table.name()
            + missing.stream()
                .map(
                    i ->
                        " add column "
                            + Identifiers.quoteIfNeeded(shape.columns().get(i))
                            + " "
                            + type(shape, i))
                .collect(Collectors.joining(","))
            + "; and restart the sink. If a column was renamed on the master, rename it here instead."
            + " Or drop the column on the way, with the transform ReplaceField.");
  }

  static ConnectException missingKey(SlaveTable table, Shape shape) {
    return new ConnectException(
        "Cannot apply changes of "
            + shape.table()
            + ": the slave's table "
            + table.name()
            + " has no key of the columns "
            + names(shape.keyInOrder())
            + " (a primary key, or a unique, not partial index of columns that are not null). Run"
            + " on the slave: alter table "
            + table.name()
            + " add primary key ("
            + names(shape.keyInOrder())
            + "); and restart the sink.");
  }

  private static String type(Shape shape, int column) {
    return shape.type(column) == null ? UNKNOWN_TYPE : shape.type(column);
  }

  private static String names(List<String> columns) {
    return columns.stream().map(Identifiers::quoteIfNeeded).collect(Collectors.joining(", "));
  }
}
