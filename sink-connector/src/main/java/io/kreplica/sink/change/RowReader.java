package io.kreplica.sink.change;

import io.kreplica.record.Operation;
import io.kreplica.record.TableName;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Reads the row of a record, be it Structs (converters with schemas) or Maps (without). What the
 * columns are is worked out once for each schema or set of names and remembered, so that a row
 * costs little more than fetching its values. Used by the task's thread only.
 */
public final class RowReader {

  private final Shape.Shapes shapes = new Shape.Shapes();
  private final Map<TableName, Layout> rows = new HashMap<>();
  private final Map<TableName, Layout> keys = new HashMap<>();

  /**
   * Reads a row.
   *
   * @param table the table on the master
   * @param operation one of those with a key
   * @throws DataException if the record lacks what the operation needs
   */
  public Change.Row read(
      SinkRecord record, TableName table, Operation operation, Change.Origin origin) {
    var delete = operation == Operation.DELETE;
    var key = required(record.key(), "key", operation);
    var row = delete ? null : required(record.value(), "value", operation);
    var layouts = delete ? keys : rows;
    var layout = layouts.get(table);
    if (layout == null || !layout.fits(key, row)) {
      layout = Layout.of(table, key, row, shapes);
      layouts.put(table, layout);
    }
    return new Change.Row(layout.shape(), delete, layout.values(key, row), origin);
  }

  private static Object required(Object part, String name, Operation operation) {
    if (part instanceof Struct || part instanceof Map) {
      return part;
    }
    throw new DataException(
        "Cannot read a record of operation "
            + operation.code()
            + ": its "
            + name
            + (part == null ? " is missing" : " is a " + part.getClass().getSimpleName())
            + ". A transform must keep it, and both connectors need converters that keep structure,"
            + " such as JsonConverter, with the same settings.");
  }
}
