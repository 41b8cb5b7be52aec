package io.kreplica.source.event;

import io.kreplica.record.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Looks tracked tables up in the master's catalog, on the session that reads the log. Thread: the
 * reader's.
 */
final class MasterTableCatalog implements TableCatalog {

  private static final String TABLE =
      """
      select n.nspname, c.relname, t.name, t.key_names
      from replica.tracked_table t
      left join pg_class c on c.oid = t.relation
      left join pg_namespace n on n.oid = c.relnamespace
      where t.table_id = ?
      """;

  private static final String COLUMNS =
      """
      select a.attname, y.typname, format_type(a.atttypid, a.atttypmod),
             array_position(t.key_columns, a.attnum)
      from replica.tracked_table t
      join pg_attribute a on a.attrelid = t.relation
      join pg_type y on y.oid = a.atttypid
      where t.table_id = ? and a.attnum > 0 and not a.attisdropped
      order by a.attnum
      """;

  private final Connection connection;

  MasterTableCatalog(Connection connection) {
    this.connection = connection;
  }

  @Override
  public Optional<TrackedTable> table(int id) throws SQLException {
    try (var statement = connection.prepareStatement(TABLE)) {
      statement.setInt(1, id);
      try (var row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        var name =
            row.getString(2) == null
                ? TableName.parse(row.getString(3))
                : new TableName(row.getString(1), row.getString(2));
        return Optional.of(withColumns(id, name, List.of((String[]) row.getArray(4).getArray())));
      }
    }
  }

  private TrackedTable withColumns(int id, TableName name, List<String> keyOnceTracked)
      throws SQLException {
    var key = new TreeMap<Integer, String>();
    var columns = new LinkedHashMap<String, TrackedTable.ColumnType>();
    try (var statement = connection.prepareStatement(COLUMNS)) {
      statement.setInt(1, id);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          columns.put(
              rows.getString(1), new TrackedTable.ColumnType(rows.getString(2), rows.getString(3)));
          if (rows.getObject(4) != null) {
            key.put(rows.getInt(4), rows.getString(1));
          }
        }
      }
    }
    return new TrackedTable(
        id,
        name,
        key.isEmpty() ? keyOnceTracked : List.copyOf(key.values()),
        keyOnceTracked,
        columns);
  }
}
