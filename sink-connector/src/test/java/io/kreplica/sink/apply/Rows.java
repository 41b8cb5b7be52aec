package io.kreplica.sink.apply;

import io.kreplica.record.TableName;
import io.kreplica.sink.change.Change;
import io.kreplica.sink.change.Shape;
import java.util.Arrays;
import java.util.List;

/** Changes for tests: tables of schema public with the key {@code id}. */
final class Rows {

  static final Change.Origin ORIGIN = new Change.Origin(3, "1-1");

  private Rows() {}

  static TableName table(String name) {
    return new TableName("public", name);
  }

  static Shape shape(String table, String... columns) {
    return new Shape(
        table(table), List.of(columns), Arrays.asList(new String[columns.length]), List.of("id"));
  }

  static Change.Row upsert(String table, String id, String name) {
    return new Change.Row(shape(table, "id", "name"), false, Arrays.asList(id, name), ORIGIN);
  }

  static Change.Row delete(String table, String id) {
    return new Change.Row(shape(table, "id"), true, List.of(id), ORIGIN);
  }

  static Change.Truncate truncate(String table) {
    return new Change.Truncate(table(table), ORIGIN);
  }
}
