package io.kreplica.record;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Headers;

/**
 * The record at either end of a batch: BEGIN before its first change, COMMIT behind its last. A
 * marker is a record of its own with a value, so that filters on rows, keys and tombstones spare
 * it: whatever else a transform drops, the markers carry the position on.
 *
 * <p>A batch holds the changes of every transaction that {@code to} contains and {@code from} does
 * not. Rows of a copy, if it carries any, are as they stood at {@code to}.
 *
 * @param operation {@link Operation#BEGIN} or {@link Operation#COMMIT}
 * @param log the identity of the master's log
 * @param batch the batch
 * @param epoch the epoch of the source that sent the marker
 * @param from the position before the batch
 * @param to the position after it
 * @param rank in a BEGIN, how many records of the batch an earlier epoch has sent already (the
 *     sending goes on after them; 0 for a whole batch); in a COMMIT, the rank of the last record
 * @param copy what the batch carries of a copy, if anything
 * @param sequences in a COMMIT, where sequences of the master stand, as far as that has changed;
 *     each at or behind every value in a row of the batch
 * @param sent in a COMMIT, what this epoch has sent in the batch, by the tables' names in headers;
 *     empty if it does not tell
 */
public record Marker(
    Operation operation,
    String log,
    BatchId batch,
    long epoch,
    LogPosition from,
    LogPosition to,
    long rank,
    Optional<Copy> copy,
    List<SequenceValue> sequences,
    Map<String, Tally> sent) {

  /** A marker that tells of no sequence, nor what was sent. */
  public Marker(
      Operation operation,
      String log,
      BatchId batch,
      long epoch,
      LogPosition from,
      LogPosition to,
      long rank,
      Optional<Copy> copy) {
    this(operation, log, batch, epoch, from, to, rank, copy, List.of(), Map.of());
  }

  /**
   * A part of the copy of one table.
   *
   * @param request the copy request, a number that grows with every request on the master
   * @param table the table on the master
   * @param slave the only slave the copy is meant for, if there is one
   * @param begins whether this batch carries the first rows: the slave's table is emptied before
   *     them
   * @param ends in a COMMIT, whether this batch carried the last rows
   */
  public record Copy(
      long request, TableName table, Optional<String> slave, boolean begins, boolean ends) {

    /** Whether a slave of this name takes the copy. */
    public boolean isFor(String slaveName) {
      return slave.isEmpty() || slave.get().equals(slaveName);
    }
  }

  private static final Schema SEQUENCE_SCHEMA =
      SchemaBuilder.struct()
          .name("io.kreplica.Sequence")
          .version(1)
          .field("name", Schema.STRING_SCHEMA)
          .field("table", Schema.OPTIONAL_STRING_SCHEMA)
          .field("column", Schema.OPTIONAL_STRING_SCHEMA)
          .field("value", Schema.INT64_SCHEMA)
          .field("is_called", Schema.BOOLEAN_SCHEMA)
          .field("increment", Schema.INT64_SCHEMA)
          .build();

  /** The schema of a marker's value. */
  public static final Schema SCHEMA =
      SchemaBuilder.struct()
          .name("io.kreplica.Marker")
          .version(1)
          .field("kind", Schema.STRING_SCHEMA)
          .field("log", Schema.STRING_SCHEMA)
          .field("batch", Schema.STRING_SCHEMA)
          .field("epoch", Schema.INT64_SCHEMA)
          .field("from", Schema.STRING_SCHEMA)
          .field("to", Schema.STRING_SCHEMA)
          .field("rank", Schema.INT64_SCHEMA)
          .field("copy_request", Schema.OPTIONAL_INT64_SCHEMA)
          .field("copy_table", Schema.OPTIONAL_STRING_SCHEMA)
          .field("copy_slave", Schema.OPTIONAL_STRING_SCHEMA)
          .field("copy_begins", Schema.OPTIONAL_BOOLEAN_SCHEMA)
          .field("copy_ends", Schema.OPTIONAL_BOOLEAN_SCHEMA)
          .field("sequences", SchemaBuilder.array(SEQUENCE_SCHEMA).optional().build())
          .field(
              "sent",
              SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.STRING_SCHEMA).optional().build())
          .build();

  /** The marker as a record's value. */
  public SchemaAndValue toValue() {
    var value =
        new Struct(SCHEMA)
            .put("kind", operation == Operation.BEGIN ? "begin" : "commit")
            .put("log", log)
            .put("batch", batch.toString())
            .put("epoch", epoch)
            .put("from", from.toString())
            .put("to", to.toString())
            .put("rank", rank);
    copy.ifPresent(
        c ->
            value
                .put("copy_request", c.request())
                .put("copy_table", c.table().toString())
                .put("copy_slave", c.slave().orElse(null))
                .put("copy_begins", c.begins())
                .put("copy_ends", c.ends()));
    if (!sequences.isEmpty()) {
      value.put("sequences", sequences.stream().map(Marker::toStruct).toList());
    }
    if (!sent.isEmpty()) {
      var texts = new TreeMap<String, String>();
      sent.forEach((table, tally) -> texts.put(table, tally.toString()));
      value.put("sent", texts);
    }
    return new SchemaAndValue(SCHEMA, value);
  }

  private static Struct toStruct(SequenceValue sequence) {
    return new Struct(SEQUENCE_SCHEMA)
        .put("name", sequence.name().toString())
        .put("table", sequence.column().map(c -> c.table().toString()).orElse(null))
        .put("column", sequence.column().map(SequenceValue.Column::name).orElse(null))
        .put("value", sequence.value())
        .put("is_called", sequence.isCalled())
        .put("increment", sequence.increment());
  }

  /** Adds a marker's headers to a record's. */
  public void writeTo(Headers headers) {
    headers.addString(EventHeaders.OPERATION, operation.code());
    headers.addString(EventHeaders.BATCH, batch.toString());
    headers.addLong(EventHeaders.EPOCH, epoch);
  }

  /**
   * Reads a marker from a record's value, a Struct or, from a converter without schemas, a Map.
   *
   * @throws DataException if the value is neither or a field is missing or malformed
   */
  public static Marker ofValue(Object value) {
    var fields = Fields.of(value, "a marker");
    try {
      return new Marker(
          switch (fields.text("kind")) {
            case "begin" -> Operation.BEGIN;
            case "commit" -> Operation.COMMIT;
            default -> throw new DataException("its kind is '" + fields.text("kind") + "'");
          },
          fields.text("log"),
          BatchId.parse(fields.text("batch")),
          fields.number("epoch"),
          LogPosition.parse(fields.text("from")),
          LogPosition.parse(fields.text("to")),
          fields.number("rank"),
          fields.isNull("copy_request") ? Optional.empty() : Optional.of(copyOf(fields)),
          fields.list("sequences").stream().map(Marker::sequenceOf).toList(),
          sentOf(fields));
    } catch (DataException | IllegalArgumentException e) {
      throw new DataException(
          "Cannot read a marker: "
              + e.getMessage()
              + ". A transform may have changed it: keep markers (replica.op B and C) away from"
              + " transforms with a predicate.",
          e);
    }
  }

  private static Copy copyOf(Fields fields) {
    return new Copy(
        fields.number("copy_request"),
        TableName.parse(fields.text("copy_table")),
        fields.isNull("copy_slave") ? Optional.empty() : Optional.of(fields.text("copy_slave")),
        fields.flag("copy_begins"),
        fields.flag("copy_ends"));
  }

  private static Map<String, Tally> sentOf(Fields fields) {
    var sent = new HashMap<String, Tally>();
    if (fields.value("sent") instanceof Map<?, ?> texts) {
      texts.forEach((table, tally) -> sent.put(table.toString(), Tally.parse(tally.toString())));
    }
    return sent;
  }

  private static SequenceValue sequenceOf(Object value) {
    var fields = Fields.of(value, "a marker");
    return new SequenceValue(
        TableName.parse(fields.text("name")),
        fields.isNull("table")
            ? Optional.empty()
            : Optional.of(
                new SequenceValue.Column(
                    TableName.parse(fields.text("table")), fields.text("column"))),
        fields.number("value"),
        fields.flag("is_called"),
        fields.number("increment"));
  }
}
