package io.kreplica.sink.change;

import io.kreplica.record.EventHeaders;
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
    if (key instanceof Map || row instanceof Map) {
      refuseTyped(record);
    }
    var layouts = delete ? keys : rows;
    var layout = layouts.get(table);
    if (layout == null || !layout.fits(key, row)) {
      layout = Layout.of(table, key, row, shapes);
      layouts.put(table, layout);
    }
    return new Change.Row(layout.shape(), delete, layout.values(key, row), origin);
  }

  /** Without schemas a date is a number, and bytes are a text like any other. */
  private static void refuseTyped(SinkRecord record) {
    var types = record.headers().lastWithName(EventHeaders.TYPES);
    if (types != null) {
      throw new DataException(
          "Cannot read a record: it was sent with type.mapping="
              + types.value()
              + " and came without schemas, so that its types are lost. Give both connectors"
              + " converters with schemas, such as JsonConverter with schemas.enable=true, or the"
              + " source type.mapping=exact; what the topic holds already must be copied again.");
    }
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
