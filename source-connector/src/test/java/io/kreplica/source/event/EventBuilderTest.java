package io.kreplica.source.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kreplica.record.BatchId;
import io.kreplica.record.CheckKind;
import io.kreplica.record.EventHeaders;
import io.kreplica.record.KeyRange;
import io.kreplica.record.LogPosition;
import io.kreplica.record.Marker;
import io.kreplica.record.Operation;
import io.kreplica.record.RangeDigest;
import io.kreplica.record.SequenceValue;
import io.kreplica.record.TableName;
import io.kreplica.record.Tallies;
import io.kreplica.source.offset.Progress;
import io.kreplica.source.offset.SourceOffset;
import io.kreplica.source.read.CheckRequest;
import io.kreplica.source.read.CopiedRow;
import io.kreplica.source.read.CopyRequest;
import io.kreplica.source.read.LogEntry;
import io.kreplica.source.read.RangePiece;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventBuilderTest {

  /** What the sink's tests read; see docs/record-format.md. */
  private static final Path GOLDEN = Path.of("../record/src/test/resources/golden");

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final BatchId BATCH = new BatchId(6, 12);
  private static final LogPosition FROM = LogPosition.parse("700:700:");
  private static final LogPosition TO = LogPosition.parse("702:705:702");

  /** So few that a name of two hundred words goes in a part. */
  private static final int RECORD_BYTES = 2_100;

  private static final String LOG = "5cbb1f3a-0f26-4a5e-9d0c-0e9f5a7f7b11";
  private static final SourceOffset OFFSET = new SourceOffset(LOG, 1, 1, FROM, Optional.empty());

  private final Map<String, TrackedTable.ColumnType> columns = new LinkedHashMap<>();
  private final List<String> keyNow = new ArrayList<>(List.of("id"));
  private final List<TrackedTable.Former> former = new ArrayList<>();
  private final EventBuilder events =
      new EventBuilder(
          "shop",
          id ->
              Optional.of(
                  new TrackedTable(
                      id,
                      new TableName("public", "account"),
                      List.of("id"),
                      keyNow,
                      columns,
                      former)),
          null,
          RECORD_BYTES,
          TypeMapping.EXACT,
          Clock.fixed(Instant.ofEpochSecond(1_770_000_000L), ZoneOffset.UTC));

  private final Tallies sent = new Tallies();
  private long rank = 1;

  EventBuilderTest() {
    columns.put("id", new TrackedTable.ColumnType("int4", "integer"));
    columns.put("name", new TrackedTable.ColumnType("text", "text"));
    columns.put("balance", new TrackedTable.ColumnType("numeric", "numeric(10,2)"));
    columns.put("active", new TrackedTable.ColumnType("bool", "boolean"));
    columns.put("visits", new TrackedTable.ColumnType("int8", "bigint"));
  }

  @ParameterizedTest
  @CsvSource({"schemaless.json, false", "with-schemas.json, true"})
  void recordsAreTheGoldenOnes(String file, boolean schemas) throws Exception {
    var golden = JSON.readTree(Files.readString(GOLDEN.resolve(file)));

    var records = JSON.createArrayNode();
    for (var record : goldenBatch()) {
      records.add(wireForm(record, schemas));
    }

    assertThat(JSON.writeValueAsString(records)).isEqualTo(JSON.writeValueAsString(golden));
  }

  @Test
  void everyRecordGoesToPartitionZero() throws Exception {
    assertThat(goldenBatch()).extracting(SourceRecord::kafkaPartition).containsOnly(0);
  }

  @Test
  void aColumnOfAnotherTypeThanTheCatalogsTravelsAsText() throws Exception {
    var record =
        change("I", "{\"id\":1,\"name\":\"a\",\"balance\":null,\"active\":\"yes\",\"visits\":1}");

    var value = (Struct) record.value();
    assertThat(value.schema().field("active").schema().type()).isEqualTo(Schema.Type.STRING);
    assertThat(value.get("active")).isEqualTo("yes");
    assertThat(value.get("visits")).isEqualTo(1L);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {"`\"007\"`, 007", "`\"7\"`, 7", "7.0, 7.0", "-0, -0", "true, true"})
  void whatLooksLikeAWholeNumberButWasNoneIsNotTakenForOne(String json, String text)
      throws Exception {
    assertThat(visits(change("I", "{\"id\":1,\"visits\":" + json + "}"))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {"`\"t\"`, t", "`\"true\"`, true", "1, 1"})
  void whatLooksLikeATruthValueButWasNoneIsNotTakenForOne(String json, String text)
      throws Exception {
    var value = (Struct) change("I", "{\"id\":1,\"active\":" + json + "}").value();

    assertThat(value.get("active")).isEqualTo(text);
  }

  @Test
  void aRetypedColumnTravelsByItsNewTypeAsSoonAsItsRowsDo() throws Exception {
    assertThat(visits(change("I", "{\"id\":1,\"visits\":\"many\"}"))).isEqualTo("many");
    assertThat(visits(change("I", "{\"id\":1,\"visits\":null}"))).isNull();
    assertThat(visits(change("I", "{\"id\":1,\"visits\":5}"))).isEqualTo(5L);
  }

  @Test
  void rowsLoggedBeforeARenameKeepTheNames() throws Exception {
    columns.put("key", new TrackedTable.ColumnType("int4", "integer"));
    former.add(
        new TrackedTable.Former(
            41,
            new TrackedTable(
                1,
                new TableName("old", "acc"),
                List.of("key"),
                List.of("id"),
                columns,
                List.of())));

    var before = change("I", "{\"key\":1,\"name\":\"a\"}");
    var after = change("I", "{\"id\":1,\"name\":\"a\"}");

    assertThat(before.headers().lastWithName("replica.table").value()).isEqualTo("old.acc");
    assertThat(before.keySchema().fields()).extracting(Field::name).containsExactly("key");
    assertThat(after.headers().lastWithName("replica.table").value()).isEqualTo("public.account");
    assertThat(after.keySchema().fields()).extracting(Field::name).containsExactly("id");
  }

  @Test
  void aKeyRenamedWithoutAWordIsFoundByItsPlace() throws Exception {
    columns.clear();
    columns.put("now", new TrackedTable.ColumnType("int4", "integer"));
    columns.put("name", new TrackedTable.ColumnType("text", "text"));
    columns.put("added", new TrackedTable.ColumnType("text", "text"));
    keyNow.set(0, "now");

    var record = change("I", "{\"between\":7,\"name\":\"a\"}");

    assertThat(((Struct) record.key()).get("between")).isEqualTo("7");
    assertThatThrownBy(() -> change("I", "{\"between\":7,\"other\":1,\"name\":\"a\"}"))
        .hasMessageContaining("lack the key (id)")
        .hasMessageContaining("replica.track('public.account')");
  }

  private static Object visits(SourceRecord record) {
    return ((Struct) record.value()).get("visits");
  }

  @Test
  void aColumnThatTheCatalogDoesNotKnowTravelsAsText() throws Exception {
    var value = (Struct) change("I", "{\"id\":1,\"gone\":12}").value();

    assertThat(value.get("gone")).isEqualTo("12");
  }

  @Test
  void theExactImageWinsOverTheJson() throws Exception {
    columns.put("tags", new TrackedTable.ColumnType("_text", "text[]"));
    var entry =
        new LogEntry(
            1, 700, 1, 1, "I", "{\"id\":1,\"tags\":[\"a\"]}", "(1,\"[5:5]={a}\")", null, 0);

    var record = events.change(entry, BATCH, 6, 1, OFFSET);

    assertThat(((Struct) record.value()).get("tags")).isEqualTo("[5:5]={a}");
  }

  @Test
  void aRowWithoutItsKeyIsNamedButNotShown() {
    assertThatThrownBy(() -> change("I", "{\"name\":\"secret\"}"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("public.account")
        .hasMessageContaining("log row 41")
        .hasMessageNotContaining("secret");
  }

  private List<SourceRecord> goldenBatch() throws SQLException {
    var row =
        "{\"id\":1,\"name\":\"Ana \\\"A\\\"\",\"balance\":10.50,\"active\":true,\"visits\":9007199254740993}";
    var copy = new CopyRequest(3, 1, Optional.empty(), Optional.empty());
    var large =
        events.change(
            new LogEntry(
                48,
                700,
                48,
                1,
                "I",
                "{\"id\":2,\"name\":\"" + "Ana ".repeat(200) + "\"}",
                null,
                null,
                1_770_000_000_123_456L),
            BATCH,
            6,
            8,
            OFFSET,
            OFFSET);
    var records = new ArrayList<SourceRecord>();
    records.add(events.marker(marker(Operation.BEGIN, 0, false), OFFSET));
    records.addAll(
        List.of(
            change("I", row),
            change("U", "{\"id\":1,\"name\":null,\"balance\":0.00,\"active\":false,\"visits\":-1}"),
            change("D", row),
            change("T", null),
            change(
                "S",
                "{\"sql\":\"alter table account add column note text\",\"search_path\":\"public\","
                    + "\"settings\":{\"TimeZone\":\"UTC\"}}"),
            change("u", row, "{\"id\":1,\"name\":\"Ana\"}"),
            change("d", row, "{\"id\":1,\"name\":\"Ana\"}"),
            large.next(),
            large.next(),
            events.copied(new CopiedRow(row, null), copy, BATCH, 6, 9, OFFSET),
            digest()));
    for (var record : records) {
      if (EventHeaders.operation(record.headers()).isTallied()) {
        sent.add(record);
      }
    }
    records.add(events.marker(marker(Operation.COMMIT, 10, true), OFFSET));
    return records;
  }

  private SourceRecord digest() throws SQLException {
    var request =
        new CheckRequest(
            4,
            CheckKind.VERIFY,
            1,
            Optional.of("berlin"),
            List.of(KeyRange.WHOLE),
            100,
            false,
            Optional.of(new Progress.UnderWay(4, 0, Optional.of("{\"id\": \"1\"}"))));
    var piece =
        new RangePiece(
            request.rest(),
            true,
            5_000_000_000L,
            "-29223372036854775808",
            new RangeDigest.Layout(
                RangeDigest.FORM,
                List.of("id", "name", "balance"),
                List.of("integer", "text", "numeric(10,2)"),
                List.of("id"),
                List.of("integer"),
                false),
            Optional.empty());
    return events.digest(piece, request, BATCH, 6, 10, OFFSET);
  }

  private SourceRecord change(String op, String row) throws SQLException {
    return change(op, row, null);
  }

  private SourceRecord change(String op, String row, String old) throws SQLException {
    return events.change(
        new LogEntry(40 + rank, 700, 44, 1, op, row, null, old, 1_770_000_000_123_456L),
        BATCH,
        6,
        rank++,
        OFFSET);
  }

  private Marker marker(Operation operation, long rank, boolean ends) {
    return new Marker(
        operation,
        LOG,
        BATCH,
        6,
        FROM,
        TO,
        rank,
        Optional.of(
            new Marker.Copy(3, new TableName("public", "account"), Optional.empty(), true, ends)),
        operation == Operation.COMMIT ? sequences() : List.of(),
        operation == Operation.COMMIT ? sent.byTable() : Map.of());
  }

  private static List<SequenceValue> sequences() {
    var account = new TableName("public", "account");
    return List.of(
        new SequenceValue(
            new TableName("public", "account_id_seq"),
            Optional.of(new SequenceValue.Column(account, "id")),
            9_007_199_254_740_993L,
            true,
            1),
        new SequenceValue(new TableName("public", "ticket"), Optional.empty(), -5, false, -5));
  }

  /**
   * A record as it lies on the topic: headers as text, key and value as JsonConverter writes them.
   */
  private static ObjectNode wireForm(SourceRecord record, boolean schemas) throws IOException {
    var node = JSON.createObjectNode();
    var headers = node.putObject("headers");
    record.headers().forEach(header -> headers.put(header.key(), header.value().toString()));
    node.set("key", json(record.topic(), record.keySchema(), record.key(), schemas));
    node.set("value", json(record.topic(), record.valueSchema(), record.value(), schemas));
    return node;
  }

  private static JsonNode json(String topic, Schema schema, Object data, boolean schemas)
      throws IOException {
    try (var converter = new JsonConverter()) {
      converter.configure(Map.of("schemas.enable", schemas), false);
      var bytes = converter.fromConnectData(topic, schema, data);
      return bytes == null ? JSON.nullNode() : JSON.readTree(bytes);
    }
  }
}
