package io.kreplica.source.event;

import io.kreplica.record.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
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
      select t.name, t.key_names from replica.tracked_table t where t.table_id = ?
      """;

  private static final String FORMER =
      """
      select f.name, f.key_names, f.until_seq
      from replica.former_name f
      where f.table_id = ?
      order by f.until_seq
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
        return row.next() ? Optional.of(read(id, row)) : Optional.empty();
      }
    }
  }

  private TrackedTable read(int id, ResultSet row) throws SQLException {
    var keyNow = new TreeMap<Integer, String>();
    var columns = new LinkedHashMap<String, TrackedTable.ColumnType>();
    try (var statement = connection.prepareStatement(COLUMNS)) {
      statement.setInt(1, id);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          columns.put(
              rows.getString(1), new TrackedTable.ColumnType(rows.getString(2), rows.getString(3)));
          var place = rows.getInt(4);
          if (!rows.wasNull()) {
            keyNow.put(place, rows.getString(1));
          }
        }
      }
    }
    var former = new ArrayList<TrackedTable.Former>();
    var now =
        new TrackedTable(id, name(row), key(row), List.copyOf(keyNow.values()), columns, former);
    try (var statement = connection.prepareStatement(FORMER)) {
      statement.setInt(1, id);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          former.add(new TrackedTable.Former(rows.getLong(3), now.called(name(rows), key(rows))));
        }
      }
    }
    return now;
  }

  private static TableName name(ResultSet row) throws SQLException {
    return TableName.parse(row.getString(1));
  }

  private static List<String> key(ResultSet row) throws SQLException {
    return List.of((String[]) row.getArray(2).getArray());
  }
}
