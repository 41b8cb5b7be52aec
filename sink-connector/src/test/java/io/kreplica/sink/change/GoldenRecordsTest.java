package io.kreplica.sink.change;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kreplica.record.CheckKind;
import io.kreplica.record.KeyRange;
import io.kreplica.record.RangeDigest;
import io.kreplica.record.SchemaCommand;
import io.kreplica.record.SequenceValue;
import io.kreplica.record.TableName;
import io.kreplica.sink.assemble.BatchAssembler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The records that the source's tests pin, as the sink reads them through a converter. */
class GoldenRecordsTest {

  private static final Path GOLDEN = Path.of("../record/src/test/resources/golden");
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @CsvSource({"schemaless.json, false", "with-schemas.json, true"})
  void readTheSameInBothForms(String file, boolean schemas) throws Exception {
    var assembler = new BatchAssembler("berlin");

    for (var record : records(file, schemas)) {
      assembler.add(record);
    }

    var work = assembler.takeComplete().orElseThrow();
    assertThat(work.changes()).hasSize(12);
    assertThat(row(work.changes().get(0)))
        .containsExactly(
            Map.entry("active", "true"),
            Map.entry("balance", "10.50"),
            Map.entry("id", "1"),
            Map.entry("name", "Ana \"A\""),
            Map.entry("visits", "9007199254740993"));
    assertThat(row(work.changes().get(1))).containsEntry("name", "null").containsEntry("id", "1");
    assertThat(work.changes().get(2)).isInstanceOf(Change.Row.class);
    assertThat(row(work.changes().get(2))).containsExactly(Map.entry("id", "1"));
    assertThat(work.changes().get(3)).isInstanceOf(Change.Truncate.class);
    assertThat(work.changes().get(4))
        .isInstanceOfSatisfying(
            Change.Command.class,
            change ->
                assertThat(change.command())
                    .isEqualTo(
                        new SchemaCommand(
                            "alter table account add column note text",
                            "public",
                            Map.of("TimeZone", "UTC"))));
    assertThat(row(work.changes().get(5))).containsEntry("balance", "10.50");
    assertThat(row(work.changes().get(6))).containsExactly(Map.entry("id", "1"));
    assertThat(row(work.changes().get(7))).containsEntry("name", "Ana ".repeat(200));
    assertThat(work.changes().get(8)).isInstanceOf(Change.CopyBegun.class);
    assertThat(row(work.changes().get(9))).containsEntry("visits", "9007199254740993");
    assertThat(work.changes().get(10))
        .isInstanceOfSatisfying(
            Change.Verification.class,
            change -> {
              assertThat(change.request()).isEqualTo(4);
              assertThat(change.position()).hasToString("702:705:702");
              assertThat(change.digest())
                  .isEqualTo(
                      new RangeDigest(
                          CheckKind.VERIFY,
                          KeyRange.WHOLE,
                          KeyRange.WHOLE.behind("{\"id\": \"1\"}"),
                          true,
                          new RangeDigest.Layout(
                              1,
                              List.of("id", "name", "balance"),
                              List.of("integer", "text", "numeric(10,2)"),
                              List.of("id"),
                              List.of("integer"),
                              false),
                          5_000_000_000L,
                          "-29223372036854775808",
                          Optional.empty()));
            });
    assertThat(work.changes().get(11)).isInstanceOf(Change.CopyEnded.class);
    assertThat(work.sequences())
        .containsExactly(
            new SequenceValue(
                TableName.parse("public.account_id_seq"),
                Optional.of(new SequenceValue.Column(TableName.parse("public.account"), "id")),
                9_007_199_254_740_993L,
                true,
                1),
            new SequenceValue(TableName.parse("public.ticket"), Optional.empty(), -5, false, -5));
  }

  @ParameterizedTest
  @CsvSource({"schemaless.json, false, null", "with-schemas.json, true, 'numeric(10,2)'"})
  void carryTypesWhereTheyCarrySchemas(String file, boolean schemas, String type) throws Exception {
    var assembler = new BatchAssembler("slave");
    for (var record : records(file, schemas)) {
      assembler.add(record);
    }

    var shape = ((Change.Row) assembler.takeComplete().orElseThrow().changes().get(0)).shape();

    assertThat(shape.key()).containsExactly("id");
    assertThat(String.valueOf(shape.type(shape.columns().indexOf("balance")))).isEqualTo(type);
  }

  /** A row's values by column, sorted by name; a null as its word. */
  private static Map<String, String> row(Change change) {
    var row = (Change.Row) change;
    var values = new LinkedHashMap<String, String>();
    row.shape().columns().stream()
        .sorted()
        .forEach(
            column ->
                values.put(
                    column,
                    String.valueOf(row.values().get(row.shape().columns().indexOf(column)))));
    return values;
  }

  private static List<SinkRecord> records(String file, boolean schemas) throws IOException {
    var keys = converter(schemas, true);
    var values = converter(schemas, false);
    var records = new ArrayList<SinkRecord>();
    for (var golden : JSON.readTree(Files.readString(GOLDEN.resolve(file)))) {
      var headers = new ConnectHeaders();
      for (var header : golden.get("headers").properties()) {
        headers.addString(header.getKey(), header.getValue().asText());
      }
      records.add(
          record(read(keys, golden.get("key")), read(values, golden.get("value")), headers));
    }
    return records;
  }

  private static SinkRecord record(
      SchemaAndValue key, SchemaAndValue value, ConnectHeaders headers) {
    return new SinkRecord(
        "shop",
        0,
        key.schema(),
        key.value(),
        value.schema(),
        value.value(),
        0,
        0L,
        TimestampType.CREATE_TIME,
        headers);
  }

  private static JsonConverter converter(boolean schemas, boolean key) {
    var converter = new JsonConverter();
    converter.configure(Map.of("schemas.enable", String.valueOf(schemas)), key);
    return converter;
  }

  private static SchemaAndValue read(JsonConverter converter, JsonNode json) throws IOException {
    return converter.toConnectData("shop", json.isNull() ? null : JSON.writeValueAsBytes(json));
  }
}
