package io.kreplica.source.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.record.BatchId;
import io.kreplica.record.EventHeaders;
import io.kreplica.record.LogPosition;
import io.kreplica.record.Operation;
import io.kreplica.record.Part;
import io.kreplica.record.Placeholder;
import io.kreplica.record.TableName;
import io.kreplica.source.offset.SourceOffset;
import io.kreplica.source.read.LogEntry;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LargeRowTest {

  private static final int LIMIT = 8_192;
  private static final BatchId BATCH = new BatchId(6, 12);
  private static final SourceOffset START =
      new SourceOffset("log", 1, 1, LogPosition.parse("700:700:"), Optional.empty());
  private static final SourceOffset BEFORE = START.within(BATCH, LogPosition.parse("702:702:"), 1);
  private static final SourceOffset BEHIND = START.within(BATCH, LogPosition.parse("702:702:"), 2);

  private final Map<String, TrackedTable.ColumnType> columns = new LinkedHashMap<>();

  LargeRowTest() {
    columns.put("id", new TrackedTable.ColumnType("int4", "integer"));
    columns.put("a", new TrackedTable.ColumnType("text", "text"));
    columns.put("b", new TrackedTable.ColumnType("text", "text"));
  }

  @Test
  void aRowThatFitsTravelsWhole() throws SQLException {
    var records = send("I", row("x".repeat(2_000), "y".repeat(2_000)));

    assertThat(records).hasSize(1);
    assertThat(records.get(0).headers().lastWithName(EventHeaders.PARTS)).isNull();
  }

  @Test
  void theLargestValueGoesAndTheRestStays() throws SQLException {
    var records = send("U", row("x".repeat(20_000), "y".repeat(3_000)));

    var row = records.get(records.size() - 1);
    var value = (Struct) row.value();
    assertThat(value.getString("b")).isEqualTo("y".repeat(3_000));
    assertThat(value.getString("a"))
        .isEqualTo(new Placeholder("a", 20_000, records.size() - 1).toString());
    assertThat(row.headers().lastWithName(EventHeaders.PARTS).value()).isEqualTo("[\"a\"]");
    assertThat(data(records, "a")).isEqualTo("x".repeat(20_000));
  }

  @Test
  void partsAreNumberedOverAllColumnsAndHaveTheirRowsHeaders() throws SQLException {
    var records = send("I", row("x".repeat(20_000), "y".repeat(20_000)));

    var parts = records.subList(0, records.size() - 1);
    for (var i = 0; i < parts.size(); i++) {
      var headers = EventHeaders.readFrom(parts.get(i).headers());
      assertThat(headers.operation()).isEqualTo(Operation.PART);
      assertThat(headers.rank()).isEqualTo(2);
      assertThat(headers.xid()).isEqualTo(700);
      assertThat(parts.get(i).headers().lastWithName(EventHeaders.PART).value()).isEqualTo(i + 1);
      assertThat(Part.ofValue(parts.get(i).value()).number()).isEqualTo(i + 1);
      assertThat(parts.get(i).key()).isNull();
    }
  }

  @Test
  void aPartHasTheOffsetBeforeItsRow() throws SQLException {
    var records = send("I", row("x".repeat(20_000), "y"));

    assertThat(records.subList(0, records.size() - 1))
        .allSatisfy(part -> assertThat(part.sourceOffset()).isEqualTo(BEFORE.toMap()));
    assertThat(records.get(records.size() - 1).sourceOffset()).isEqualTo(BEHIND.toMap());
  }

  @Test
  void ofADeletedRowTheKeyTravelsAlone() throws SQLException {
    var records = send("D", row("x".repeat(20_000), "y"));

    assertThat(records).hasSize(1);
    assertThat(records.get(0).value()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "\\\"", "\\u0001", "€", "🐎"})
  void noRecordExceedsTheLimitWhateverItHoldsAndHoweverNearItIs(String character)
      throws SQLException {
    for (var length = 1; length < 2 * LIMIT; length = length * 5 / 4 + 1) {
      for (var record : send("I", row(character.repeat(length), character.repeat(length / 3)))) {
        assertThat(bytes(record)).isLessThanOrEqualTo(LIMIT);
      }
    }
  }

  @Test
  void aRowThatCannotBeMadeToFitIsNamedWithItsKeyAndTheSetting() {
    var json = new StringBuilder("{\"id\":42");
    for (var i = 0; i < 200; i++) {
      json.append(",\"column_").append(i).append("\":\"secret\"");
    }

    assertThatThrownBy(() -> send("I", json.append('}').toString()))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("public.album")
        .hasMessageContaining("id=42")
        .hasMessageContaining("record.max.bytes (8192)")
        .hasMessageNotContaining("secret");
  }

  private static String row(String a, String b) {
    return "{\"id\":1,\"a\":\"" + a + "\",\"b\":\"" + b + "\"}";
  }

  private List<SourceRecord> send(String op, String row) throws SQLException {
    var events =
        new EventBuilder(
            "shop",
            id ->
                Optional.of(
                    new TrackedTable(
                        id,
                        new TableName("public", "album"),
                        List.of("id"),
                        List.of("id"),
                        columns,
                        List.of())),
            null,
            LIMIT,
            TypeMapping.EXACT,
            Clock.systemUTC());
    var records =
        events.change(
            new LogEntry(40, 700, 44, 1, op, row, null, null, 0), BATCH, 6, 2, BEFORE, BEHIND);
    var sent = new ArrayList<SourceRecord>();
    for (var record = records.next(); record != null; record = records.next()) {
      sent.add(record);
    }
    return sent;
  }

  private static String data(List<SourceRecord> records, String column) {
    var data = new StringBuilder();
    records.stream()
        .filter(record -> EventHeaders.operation(record.headers()) == Operation.PART)
        .map(record -> Part.ofValue(record.value()))
        .filter(part -> part.column().equals(column))
        .forEach(part -> data.append(part.data()));
    return data.toString();
  }

  private static int bytes(SourceRecord record) {
    var bytes =
        serialized(record.keySchema(), record.key())
            + serialized(record.valueSchema(), record.value());
    for (var header : record.headers()) {
      bytes += header.key().length() + header.value().toString().length();
    }
    return bytes;
  }

  private static int serialized(Schema schema, Object data) {
    try (var converter = new JsonConverter()) {
      converter.configure(Map.of("schemas.enable", true), false);
      var bytes = converter.fromConnectData("shop", schema, data);
      return bytes == null ? 0 : bytes.length;
    }
  }
}
