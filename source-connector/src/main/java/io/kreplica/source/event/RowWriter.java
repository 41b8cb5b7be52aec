package io.kreplica.source.event;

import io.kreplica.record.EventHeaders;
import io.kreplica.record.Operation;
import io.kreplica.record.Part;
import io.kreplica.record.PartedColumns;
import io.kreplica.source.offset.SourceOffset;
import io.kreplica.source.read.SlicedText;
import io.kreplica.source.read.StoredRow;
import io.kreplica.source.read.StoredRows;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Writes rows as records: most as one; a row too large for one as the parts of its large values,
 * and itself with placeholders; a row too large to be held, without ever holding it. Thread: the
 * reader's.
 */
final class RowWriter {

  /** Below a limit by this factor no row's characters need be counted: no escape takes more. */
  private static final int SURELY_FITS = 2 * JsonSize.LARGEST;

  private final RowShapes shapes;
  private final StoredRows storedRows;
  private final long recordBytes;
  private final TypeMapping mapping;
  private final Frame frame;

  /** Makes a record. */
  @FunctionalInterface
  interface Frame {
    SourceRecord of(
        SourceOffset offset,
        Schema keySchema,
        Object key,
        Schema valueSchema,
        Object value,
        ConnectHeaders headers);
  }

  /**
   * Where a row comes from.
   *
   * @param tableId its table's number in the log
   * @param seq its log row's number, or {@link RowShapes#NOW}
   * @param row its JSON, or null
   * @param image its record text, or null
   * @param stored where it lies if it is too large to be held, else null
   * @param name names it in a message
   */
  record Origin(
      int tableId, long seq, String row, String image, StoredRow stored, Supplier<String> name) {}

  RowWriter(
      RowShapes shapes, StoredRows storedRows, long recordBytes, TypeMapping mapping, Frame frame) {
    this.shapes = shapes;
    this.storedRows = storedRows;
    this.recordBytes = recordBytes;
    this.mapping = mapping;
    this.frame = frame;
  }

  /**
   * The records of a row.
   *
   * @param headers those of the row
   * @param before the offset of its parts
   * @param behind the offset of the row itself
   */
  RowRecords write(
      Origin origin,
      Operation operation,
      ConnectHeaders headers,
      SourceOffset before,
      Function<RowShapes.Row, SourceOffset> behind)
      throws SQLException {
    if (mapping != TypeMapping.EXACT) {
      headers.addString(EventHeaders.TYPES, mapping.text());
    }
    var records =
        explained(
            origin,
            () ->
                origin.stored() == null
                    ? held(origin, operation, headers, before, behind)
                    : stored(origin, operation, headers, before, behind));
    return () -> explained(origin, records::next);
  }

  private RowRecords held(
      Origin origin,
      Operation operation,
      ConnectHeaders headers,
      SourceOffset before,
      Function<RowShapes.Row, SourceOffset> behind)
      throws SQLException {
    var row = shapes.read(origin.tableId(), origin.seq(), origin.row(), origin.image());
    if (operation == Operation.DELETE) {
      return RowRecords.of(
          frame.of(behind.apply(row), row.shape().keySchema(), row.key(), null, null, headers));
    }
    var characters =
        origin.row().length() + (origin.image() == null ? 0L : origin.image().length());
    if (SURELY_FITS * characters > Shares.room(row.shape(), rowBytes(headers))) {
      var texts = new ArrayList<>(row.texts());
      var shares = Shares.largestFirst(row.shape(), texts, rowBytes(headers));
      if (shares.isTaking() || shares.left() < 0) {
        return new LargeRow(
            row.shape(),
            new HeldColumns(texts),
            shares,
            recordBytes,
            output(origin, headers, before, behind));
      }
    }
    return RowRecords.of(record(row, headers, behind));
  }

  /** What the row's record may take beside the row before the change. */
  private long rowBytes(ConnectHeaders headers) {
    var old = headers.lastWithName(EventHeaders.OLD);
    return old == null ? recordBytes : recordBytes - JsonSize.of(old.value().toString());
  }

  private SourceRecord record(
      RowShapes.Row row, ConnectHeaders headers, Function<RowShapes.Row, SourceOffset> behind) {
    var shape = row.shape();
    return frame.of(
        behind.apply(row), shape.keySchema(), row.key(), shape.valueSchema(), row.value(), headers);
  }

  private RowRecords stored(
      Origin origin,
      Operation operation,
      ConnectHeaders headers,
      SourceOffset before,
      Function<RowShapes.Row, SourceOffset> behind)
      throws SQLException {
    var shape = shapes.shape(origin.tableId(), origin.seq(), storedRows.columns(origin.stored()));
    var text = storedRows.slices(origin.stored());
    var columns =
        origin.stored().hasImage()
            ? new RecordColumns(new Characters(text))
            : new JsonColumns(new Characters(text));
    if (operation == Operation.DELETE) {
      return RowRecords.of(deleted(origin, shape, columns, text, headers, behind));
    }
    var row =
        new LargeRow(
            shape,
            columns,
            Shares.even(shape, rowBytes(headers)),
            recordBytes,
            output(origin, headers, before, behind));
    return () -> {
      var record = row.next();
      if (record == null) {
        text.close();
      }
      return record;
    };
  }

  /** Of a deleted row the key is all that is read. */
  private SourceRecord deleted(
      Origin origin,
      RowShape shape,
      ColumnStream columns,
      SlicedText text,
      ConnectHeaders headers,
      Function<RowShapes.Row, SourceOffset> behind)
      throws SQLException {
    try (text) {
      var names = new ArrayList<String>();
      var texts = new ArrayList<String>();
      for (var i = 0; names.size() < shape.keyColumns().size() && columns.next(); i++) {
        if (shape.keyColumns().contains(i)) {
          names.add(shape.columns().get(i));
          texts.add(RecordText.value(columns));
        }
      }
      var row = shapes.row(origin.tableId(), origin.seq(), names, texts);
      return frame.of(behind.apply(row), row.shape().keySchema(), row.key(), null, null, headers);
    }
  }

  private LargeRow.Output output(
      Origin origin,
      ConnectHeaders headers,
      SourceOffset before,
      Function<RowShapes.Row, SourceOffset> behind) {
    return new LargeRow.Output() {
      @Override
      public SourceRecord part(Part part) {
        var ofPart = headers.duplicate();
        ofPart.remove(EventHeaders.OPERATION);
        ofPart.remove(EventHeaders.OLD);
        ofPart.addString(EventHeaders.OPERATION, Operation.PART.code());
        ofPart.addInt(EventHeaders.PART, part.number());
        return frame.of(before, null, null, Part.SCHEMA, part.toValue(), ofPart);
      }

      @Override
      public SourceRecord row(RowShape shape, List<String> texts, List<String> parted)
          throws SQLException {
        if (!parted.isEmpty()) {
          headers.addString(EventHeaders.PARTS, PartedColumns.format(parted));
        }
        return record(
            shapes.row(origin.tableId(), origin.seq(), shape.columns(), texts), headers, behind);
      }
    };
  }

  /** Does a step of reading. */
  @FunctionalInterface
  private interface Step<T> {
    T run() throws SQLException;
  }

  private static <T> T explained(Origin origin, Step<T> step) throws SQLException {
    try {
      return step.run();
    } catch (NumberFormatException e) {
      // Java's own message would hold the value.
      throw new DataException(
          "Cannot read " + origin.name().get() + ": a value is not as its column's type has it");
    } catch (IllegalArgumentException | DataException e) {
      throw new DataException("Cannot read " + origin.name().get() + ": " + e.getMessage(), e);
    }
  }
}
