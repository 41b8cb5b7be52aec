package io.kreplica.source.event;

import io.kreplica.record.BatchId;
import io.kreplica.record.LogPosition;
import io.kreplica.record.Marker;
import io.kreplica.record.Operation;
import io.kreplica.record.TableName;
import io.kreplica.record.Tallies;
import io.kreplica.record.Tally;
import io.kreplica.source.offset.SourceOffset;
import io.kreplica.source.read.LogEntry;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.StringConverter;

/**
 * A batch of updates of a table of ten columns, at every station between the master's log and the
 * slave, for the loops that are measured alone. It lies in the package of the builder, which needs
 * no master then.
 */
public final class SampleBatch {

  /** How many rows it has. */
  public static final int ROWS = 1_000;

  /** How many of them are of different keys. */
  private static final int KEYS = 800;

  private static final String TOPIC = "replica.sample";
  private static final String LOG = "5cbb1f3a-0f26-4a5e-9d0c-0e9f5a7f7b11";
  private static final BatchId BATCH = new BatchId(1, 1);
  private static final LogPosition FROM = LogPosition.parse("1000:1000:");
  private static final LogPosition TO = LogPosition.parse("2000:2000:");
  private static final SourceOffset OFFSET = new SourceOffset(LOG, 1, 1, FROM, Optional.empty());

  private final List<LogEntry> entries = new ArrayList<>();
  private final EventBuilder events =
      new EventBuilder(TOPIC, id -> Optional.of(table(id)), Clock.systemUTC());

  /** Makes one; always the same. */
  public SampleBatch() {
    for (var i = 0; i < ROWS; i++) {
      var row =
          """
          {"id":%d,"country":"AR","name":"customer no. %d","total":%d.%02d,"visits":%d,\
          "active":true,"created":"2026-01-%02dT12:00:00","note":null,"tags":["a","b"],"score":%d}\
          """
              .formatted(i % KEYS, i, i * 7, i % 100, i * 3, i % 28 + 1, i % 11);
      entries.add(
          new LogEntry(i + 1, 1000 + i, i + 1, 1, "U", row, null, null, 1_770_000_000L + i));
    }
  }

  private static TrackedTable table(int id) {
    var columns = new LinkedHashMap<String, TrackedTable.ColumnType>();
    columns.put("id", new TrackedTable.ColumnType("int8", "bigint"));
    for (var text : List.of("country", "name")) {
      columns.put(text, new TrackedTable.ColumnType("text", "text"));
    }
    columns.put("total", new TrackedTable.ColumnType("numeric", "numeric(12,2)"));
    columns.put("visits", new TrackedTable.ColumnType("int4", "integer"));
    columns.put("active", new TrackedTable.ColumnType("bool", "boolean"));
    columns.put("created", new TrackedTable.ColumnType("timestamp", "timestamp"));
    columns.put("note", new TrackedTable.ColumnType("text", "text"));
    columns.put("tags", new TrackedTable.ColumnType("_text", "text[]"));
    columns.put("score", new TrackedTable.ColumnType("int4", "integer"));
    return new TrackedTable(
        id, new TableName("public", "customer"), List.of("id"), List.of("id"), columns, List.of());
  }

  /** The rows as the source's records. */
  public List<SourceRecord> changes() throws SQLException {
    var records = new ArrayList<SourceRecord>(ROWS);
    var offset = OFFSET;
    for (var entry : entries) {
      var before = offset;
      offset = offset.within(BATCH, TO, entry.seq());
      records.add(events.change(entry, BATCH, 1, entry.seq(), before, offset).next());
    }
    return records;
  }

  /** The batch with its markers, as the source sends it. */
  public List<SourceRecord> sent() throws SQLException {
    var changes = changes();
    var tallies = new Tallies();
    changes.forEach(tallies::add);
    var records = new ArrayList<SourceRecord>();
    records.add(events.marker(marker(Operation.BEGIN, 0, Map.of()), OFFSET));
    records.addAll(changes);
    records.add(
        events.marker(marker(Operation.COMMIT, ROWS, tallies.byTable()), OFFSET.behind(TO)));
    return records;
  }

  private static Marker marker(Operation operation, long rank, Map<String, Tally> tallies) {
    return new Marker(
        operation, LOG, BATCH, 1, FROM, TO, rank, Optional.empty(), List.of(), tallies);
  }

  /** What the sink gets of it, through JsonConverter with schemas or without. */
  public List<SinkRecord> arrived(boolean withSchemas) throws SQLException {
    var keys = converter(true, withSchemas);
    var values = converter(false, withSchemas);
    var headerConverter = new StringConverter();
    var records = new ArrayList<SinkRecord>();
    for (var record : sent()) {
      var key =
          keys.toConnectData(TOPIC, keys.fromConnectData(TOPIC, record.keySchema(), record.key()));
      var value =
          values.toConnectData(
              TOPIC, values.fromConnectData(TOPIC, record.valueSchema(), record.value()));
      var headers = new ConnectHeaders();
      for (var header : record.headers()) {
        var bytes =
            headerConverter.fromConnectHeader(TOPIC, header.key(), header.schema(), header.value());
        headers.add(header.key(), headerConverter.toConnectHeader(TOPIC, header.key(), bytes));
      }
      records.add(
          new SinkRecord(
              TOPIC,
              0,
              key.schema(),
              key.value(),
              value.schema(),
              value.value(),
              records.size(),
              null,
              null,
              headers));
    }
    return records;
  }

  /** A converter as the shipped configuration has it, or with schemas. */
  public static JsonConverter converter(boolean isKey, boolean withSchemas) {
    var converter = new JsonConverter();
    converter.configure(Map.of("schemas.enable", Boolean.toString(withSchemas)), isKey);
    return converter;
  }
}
