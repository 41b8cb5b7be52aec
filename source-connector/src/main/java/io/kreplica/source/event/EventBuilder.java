package io.kreplica.source.event;

import io.kreplica.record.BatchId;
import io.kreplica.record.EventHeaders;
import io.kreplica.record.Marker;
import io.kreplica.record.Operation;
import io.kreplica.record.RangeDigest;
import io.kreplica.record.SchemaCommand;
import io.kreplica.source.offset.SourceOffset;
import io.kreplica.source.read.CheckRequest;
import io.kreplica.source.read.CopiedRow;
import io.kreplica.source.read.CopyRequest;
import io.kreplica.source.read.LogEntry;
import io.kreplica.source.read.RangePiece;
import io.kreplica.source.read.StoredRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns log entries, rows of copies and markers into records: the only place that knows their wire
 * form on the source's side. All go to partition 0, which keeps them in order. Thread: the
 * reader's.
 */
public final class EventBuilder {

  private static final Logger LOG = LoggerFactory.getLogger(EventBuilder.class);

  private static final Schema TRUNCATE_SCHEMA =
      SchemaBuilder.struct()
          .name("io.kreplica.Truncate")
          .version(1)
          .field("table", Schema.STRING_SCHEMA)
          .build();

  private final String topic;
  private final RowShapes shapes;
  private final RowWriter rows;
  private final TypeMapping mapping;
  private final Clock clock;

  /** Tables of which rows were passed over, each told once. */
  private final Set<Integer> passedOver = new HashSet<>();

  /** Without a master to read large rows from. */
  EventBuilder(String topic, TableCatalog catalog, Clock clock) {
    this(topic, catalog, null, Integer.MAX_VALUE, TypeMapping.EXACT, clock);
  }

  EventBuilder(
      String topic,
      TableCatalog catalog,
      StoredRows storedRows,
      long recordBytes,
      TypeMapping mapping,
      Clock clock) {
    this.topic = topic;
    this.mapping = mapping;
    this.shapes = new RowShapes(catalog, mapping);
    this.rows = new RowWriter(shapes, storedRows, recordBytes, mapping, this::record);
    this.clock = clock;
  }

  /**
   * Prepares to build records.
   *
   * @param master the session on which tables are looked up
   * @param topic the topic the records go to
   * @param storedRows reads rows that are too large to be held
   * @param recordBytes what a record may take
   * @param mapping which Connect types columns have
   * @param clock tells when a copied row was read
   */
  public static EventBuilder on(
      Connection master,
      String topic,
      StoredRows storedRows,
      long recordBytes,
      TypeMapping mapping,
      Clock clock) {
    return new EventBuilder(
        topic, new MasterTableCatalog(master), storedRows, recordBytes, mapping, clock);
  }

  /** A batch's beginning or end. */
  public SourceRecord marker(Marker marker, SourceOffset offset) {
    var headers = new ConnectHeaders();
    marker.writeTo(headers);
    var value = marker.toValue();
    return record(offset, null, null, value.schema(), value.value(), headers);
  }

  /** A change whose row fits one record. */
  SourceRecord change(LogEntry entry, BatchId batch, long epoch, long rank, SourceOffset offset)
      throws SQLException {
    return change(entry, batch, epoch, rank, offset, offset).next();
  }

  /**
   * The records of a change.
   *
   * @param before the offset before them, which the parts of large values have
   * @param offset the offset behind them
   * @throws org.apache.kafka.connect.errors.DataException if the log row cannot be read; the
   *     message names table and {@code seq}
   */
  public RowRecords change(
      LogEntry entry,
      BatchId batch,
      long epoch,
      long rank,
      SourceOffset before,
      SourceOffset offset)
      throws SQLException {
    var operation = Operation.ofCode(entry.operationCode());
    if (operation == Operation.SCHEMA) {
      // What is known of the tables may be outdated behind it.
      shapes.forget();
      var command = CommandJson.read(entry.row());
      return RowRecords.of(command(command, entry, batch, epoch, rank, offset));
    }
    var table = shapes.table(entry.tableId(), entry.seq());
    var headers = new ConnectHeaders();
    new EventHeaders(
            operation,
            table.name(),
            entry.seq(),
            entry.xid(),
            entry.tx(),
            rank,
            batch,
            epoch,
            entry.timestampMicros(),
            0,
            Optional.empty(),
            entry.isNow(),
            Optional.ofNullable(entry.old()))
        .writeTo(headers);
    if (operation == Operation.TRUNCATE) {
      var value = new Struct(TRUNCATE_SCHEMA).put("table", table.name().toString());
      return RowRecords.of(record(offset, null, null, TRUNCATE_SCHEMA, value, headers));
    }
    var origin =
        new RowWriter.Origin(
            entry.tableId(),
            entry.seq(),
            entry.row(),
            entry.image(),
            entry.stored(),
            () ->
                String.format(
                    "log row %d of %s (transaction %d)", entry.seq(), table.name(), entry.xid()));
    try {
      return rows.write(origin, operation, headers, before, row -> offset);
    } catch (DataException e) {
      if (!(e.getCause() instanceof KeylessException)
          || !shapes.isPast(entry.tableId(), entry.seq())) {
        throw e;
      }
      // The table has another key by now, and with it came the request to copy the table again.
      if (passedOver.add(entry.tableId())) {
        LOG.warn(
            "Passing over {}, and what was logged alike behind it: {}",
            origin.name().get(),
            e.getCause().getMessage());
      }
      return RowRecords.none();
    }
  }

  private SourceRecord command(
      SchemaCommand command,
      LogEntry entry,
      BatchId batch,
      long epoch,
      long rank,
      SourceOffset offset) {
    var headers = new ConnectHeaders();
    new EventHeaders(
            Operation.SCHEMA,
            null,
            entry.seq(),
            entry.xid(),
            entry.tx(),
            rank,
            batch,
            epoch,
            entry.timestampMicros(),
            0,
            Optional.empty(),
            entry.isNow(),
            Optional.ofNullable(entry.old()))
        .writeTo(headers);
    var value = command.toValue();
    return record(offset, null, null, value.schema(), value, headers);
  }

  /** A row of a copy that fits one record. */
  SourceRecord copied(
      CopiedRow copied,
      CopyRequest request,
      BatchId batch,
      long epoch,
      long rank,
      SourceOffset offset)
      throws SQLException {
    return copied(copied, request, batch, epoch, rank, offset, offset).next();
  }

  /**
   * The records of a row of a copy; the last one's offset says that the copy has come as far as the
   * row's key.
   *
   * @param before the offset before them, which the parts of large values have
   * @param offset the offset behind them, but for the copy
   */
  public RowRecords copied(
      CopiedRow copied,
      CopyRequest request,
      BatchId batch,
      long epoch,
      long rank,
      SourceOffset before,
      SourceOffset offset)
      throws SQLException {
    var headers =
        new EventHeaders(
            Operation.COPY,
            shapes.table(request.tableId(), RowShapes.NOW).name(),
            0,
            0,
            0,
            rank,
            batch,
            epoch,
            TimeUnit.MILLISECONDS.toMicros(clock.millis()),
            request.id(),
            request.slave(),
            false,
            Optional.empty());
    return present(
        copied,
        request.tableId(),
        headers,
        "copy " + request.id(),
        before,
        row -> offset.copying(request.id(), row.keyJson()));
  }

  /**
   * The records of a row of a range that is repaired; its digest follows.
   *
   * @param before the offset before them, which the parts of large values have
   */
  public RowRecords repairing(
      CopiedRow row,
      CheckRequest request,
      BatchId batch,
      long epoch,
      long rank,
      SourceOffset before,
      SourceOffset offset)
      throws SQLException {
    var headers = ofCheck(Operation.COPY, request, batch, epoch, rank);
    return present(row, request.tableId(), headers, "repair " + request.id(), before, r -> offset);
  }

  /** The records of a row as it stands in its table. */
  private RowRecords present(
      CopiedRow row,
      int tableId,
      EventHeaders event,
      String purpose,
      SourceOffset before,
      Function<RowShapes.Row, SourceOffset> offset)
      throws SQLException {
    var headers = new ConnectHeaders();
    event.writeTo(headers);
    var origin =
        new RowWriter.Origin(
            tableId,
            RowShapes.NOW,
            row.row(),
            row.image(),
            row.stored(),
            () -> "a row of " + event.table() + " for " + purpose);
    return rows.write(origin, Operation.COPY, headers, before, offset);
  }

  private EventHeaders ofCheck(
      Operation operation, CheckRequest request, BatchId batch, long epoch, long rank)
      throws SQLException {
    return EventHeaders.ofCheck(
        operation,
        shapes.table(request.tableId(), RowShapes.NOW).name(),
        rank,
        batch,
        epoch,
        TimeUnit.MILLISECONDS.toMicros(clock.millis()),
        request.id(),
        request.slave());
  }

  /**
   * Which columns a verification leaves out: those whose values the mapping changes on the way.
   *
   * @param tableId the table, by its number in {@code replica.tracked_table}
   */
  public List<String> leftOut(int tableId) throws SQLException {
    return shapes.reload(tableId).columns().entrySet().stream()
        .filter(column -> mapping.loses(column.getValue().definition()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** What the master has in a range of keys. */
  public SourceRecord digest(
      RangePiece piece,
      CheckRequest request,
      BatchId batch,
      long epoch,
      long rank,
      SourceOffset offset)
      throws SQLException {
    var headers = new ConnectHeaders();
    ofCheck(Operation.VERIFY, request, batch, epoch, rank).writeTo(headers);
    var value =
        new RangeDigest(
                request.kind(),
                request.asked(),
                piece.range(),
                request.endsWith(piece),
                piece.layout(),
                piece.rows(),
                piece.digest(),
                piece.trouble())
            .toValue();
    return record(offset, null, null, value.schema(), value, headers);
  }

  /** What a marker says of a copy. */
  public Marker.Copy copy(CopyRequest request, boolean ends) throws SQLException {
    return new Marker.Copy(
        request.id(),
        shapes.reload(request.tableId()).name(),
        request.slave(),
        request.begins(),
        ends);
  }

  private SourceRecord record(
      SourceOffset offset,
      Schema keySchema,
      Object key,
      Schema valueSchema,
      Object value,
      ConnectHeaders headers) {
    return new SourceRecord(
        SourceOffset.PARTITION,
        offset.toMap(),
        topic,
        0,
        keySchema,
        key,
        valueSchema,
        value,
        null,
        headers);
  }
}
