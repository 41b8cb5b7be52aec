package io.kreplica.sink;

import io.kreplica.record.BatchId;
import io.kreplica.record.EventHeaders;
import io.kreplica.record.LogPosition;
import io.kreplica.record.Marker;
import io.kreplica.record.Operation;
import io.kreplica.record.SequenceValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * A topic as KReplica's source would write it, seen as a sink task sees it: through converters,
 * headers as text. Batches are written with the verbs of the master.
 */
final class TopicFixture implements ReadableTopic {

  static final String TOPIC = "test";
  static final String LOG = "log-a";

  /** Which converters stand between the halves. */
  enum Form {
    WITH_SCHEMAS,
    SCHEMALESS
  }

  private static final String BEGINNING = "1:1:";

  private final List<SinkRecord> records = new ArrayList<>();
  private final Wire wire;
  private String log = LOG;
  private long epoch = 1;
  private long number;
  private String end = BEGINNING;

  TopicFixture(Form form) {
    wire = new Wire(TOPIC, form == Form.WITH_SCHEMAS);
  }

  /** A batch that follows the last one. */
  Batch batch(String to) {
    return batch(end, to);
  }

  /** A batch between two positions. */
  Batch batch(String from, String to) {
    return new Batch(new BatchId(epoch, ++number), from, to, 0, Optional.empty()).begin();
  }

  /** A batch that carries rows of a copy. */
  Batch copyBatch(String to, Marker.Copy copy) {
    return new Batch(new BatchId(epoch, ++number), end, to, 0, Optional.of(copy)).begin();
  }

  /** The source starts again. */
  TopicFixture restartSource() {
    epoch++;
    number = 0;
    return this;
  }

  /** What follows is sent by the source of this epoch. */
  TopicFixture sendAs(long other) {
    epoch = other;
    return this;
  }

  /** What follows belongs to another log. */
  TopicFixture log(String name) {
    log = name;
    return this;
  }

  /** A record that is not KReplica's. */
  void foreignRecord(Object key, Object value) {
    add(null, key, null, value, new ConnectHeaders());
  }

  /** A record as somebody wrote it who knows what KReplica's look like; converters keep it. */
  void forgedRecord(Object key, Object value, Map<String, ?> headers) {
    var made = new ConnectHeaders();
    headers.forEach((name, text) -> made.addString(name, text.toString()));
    add(null, key, null, value, made);
  }

  /** Drops the first records, as retention does. */
  void dropBefore(int offset) {
    records.replaceAll(
        record -> record != null && record.originalKafkaOffset() < offset ? null : record);
  }

  /** Drops one record, as a careless filter does. */
  void drop(int offset) {
    records.set(offset, null);
  }

  @Override
  public List<SinkRecord> read(long from, int most) {
    var to = (int) Math.min(records.size(), from + most);
    return records.subList((int) from, to).stream().filter(r -> r != null).toList();
  }

  @Override
  public int size() {
    return records.size();
  }

  private void add(
      Schema keySchema, Object key, Schema valueSchema, Object value, ConnectHeaders made) {
    records.add(wire.carry(records.size(), keySchema, key, valueSchema, value, made));
  }

  /** A batch being written. */
  final class Batch {

    private final BatchId id;
    private final String from;
    private final String to;
    private final Optional<Marker.Copy> copy;
    private long rank;

    private Batch(BatchId id, String from, String to, long rank, Optional<Marker.Copy> copy) {
      this.id = id;
      this.from = from;
      this.to = to;
      this.rank = rank;
      this.copy = copy;
    }

    private Batch begin() {
      marker(Operation.BEGIN, copy);
      return this;
    }

    /** After {@link #restartSource}: goes on with this batch behind its record of this rank. */
    Batch resume(long sent) {
      return new Batch(id, from, to, sent, copy).begin();
    }

    Batch insert(MasterTable table, long xid, Object... values) {
      return change(Operation.INSERT, table, xid, table.row(values));
    }

    Batch update(MasterTable table, long xid, Object... values) {
      return change(Operation.UPDATE, table, xid, table.row(values));
    }

    private Batch change(Operation operation, MasterTable table, long xid, Struct row) {
      var key = table.keyOf(row);
      add(key.schema(), key, row.schema(), row, headers(operation, table, xid, 0));
      return this;
    }

    Batch delete(MasterTable table, long xid, Object... keyValues) {
      var key = table.key(keyValues);
      add(key.schema(), key, null, null, headers(Operation.DELETE, table, xid, 0));
      return this;
    }

    Batch truncate(long xid, MasterTable... tables) {
      for (var table : tables) {
        var value =
            new Struct(SchemaBuilder.struct().field("table", Schema.STRING_SCHEMA).build())
                .put("table", table.name().toString());
        add(null, null, value.schema(), value, headers(Operation.TRUNCATE, table, xid, 0));
      }
      return this;
    }

    Batch copied(MasterTable table, long request, Object... values) {
      var row = table.row(values);
      var key = table.keyOf(row);
      add(key.schema(), key, row.schema(), row, headers(Operation.COPY, table, 0, request));
      return this;
    }

    private ConnectHeaders headers(Operation operation, MasterTable table, long xid, long request) {
      var made = new ConnectHeaders();
      rank++;
      new EventHeaders(
              operation,
              table.name(),
              rank,
              xid,
              rank,
              rank,
              id,
              epoch,
              1_000_000,
              request,
              copy.flatMap(Marker.Copy::slave).filter(s -> operation == Operation.COPY),
              false,
              Optional.empty())
          .writeTo(made);
      return made;
    }

    /** The headers of a record of this batch, to be changed at will. */
    Map<String, Object> headersOf(String operation, String table, long xid) {
      rank++;
      return new HashMap<>(
          Map.of(
              EventHeaders.OPERATION,
              operation,
              EventHeaders.TABLE,
              table,
              EventHeaders.SEQ,
              rank,
              EventHeaders.XID,
              xid,
              EventHeaders.TX,
              rank,
              EventHeaders.RANK,
              rank,
              EventHeaders.BATCH,
              id,
              EventHeaders.EPOCH,
              epoch,
              EventHeaders.TIMESTAMP_MICROS,
              1_000_000));
    }

    /** Ends the batch; the offset of the marker. */
    long commit(SequenceValue... sequences) {
      marker(Operation.COMMIT, copy, sequences);
      end = to;
      return records.size() - 1L;
    }

    private void marker(
        Operation operation, Optional<Marker.Copy> carried, SequenceValue... sequences) {
      var marker =
          new Marker(
              operation,
              log,
              id,
              epoch,
              LogPosition.parse(from),
              LogPosition.parse(to),
              rank,
              carried,
              List.of(sequences),
              Map.of());
      var made = new ConnectHeaders();
      marker.writeTo(made);
      add(null, null, Marker.SCHEMA, marker.toValue().value(), made);
    }
  }
}
