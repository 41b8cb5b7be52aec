package io.kreplica.sink.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.record.EventHeaders;
import io.kreplica.record.Operation;
import io.kreplica.record.TableName;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class RowReaderTest {

  private static final TableName ACCOUNT = new TableName("public", "account");

  private final RowReader reader = new RowReader();

  private Change.Row read(Operation operation, Object key, Object value) {
    return reader.read(
        new SinkRecord("topic", 0, null, key, null, value, 0),
        ACCOUNT,
        operation,
        new Change.Origin(3, "1-1"));
  }

  @Test
  void rowsWithTheSameColumnsShareOneShape() {
    var first = read(Operation.INSERT, Map.of("id", 1), Map.of("id", 1, "name", "a"));
    var wider = read(Operation.INSERT, Map.of("id", 1), Map.of("id", 1, "name", "a", "x", 1));
    var again = read(Operation.INSERT, Map.of("id", 2), Map.of("name", "b", "id", 2));

    assertThat(again.shape()).isSameAs(first.shape());
    assertThat(wider.shape()).isNotEqualTo(first.shape());
    assertThat(wider.shape().covers(first.shape())).isTrue();
    assertThat(first.shape().covers(wider.shape())).isFalse();
  }

  @Test
  void takesTheKeyFromTheKeyWhereATransformDroppedItFromTheRow() {
    var row = read(Operation.UPDATE, Map.of("id", 7), Map.of("name", "a"));

    assertThat(row.shape().columns()).containsExactly("name", "id");
    assertThat(row.values()).containsExactly("a", "7");
  }

  @Test
  void keysOfSeveralColumnsAreEqualWhateverTheirOrder() {
    var upsert = read(Operation.INSERT, Map.of("a", 1, "b", "x"), Map.of("b", "x", "c", 5, "a", 1));
    var delete = read(Operation.DELETE, Map.of("b", "x", "a", 1), null);

    assertThat(delete.shape().keyOf(delete.values()))
        .isEqualTo(upsert.shape().keyOf(upsert.values()));
    assertThat(upsert.shape().describeKey(upsert.values())).isEqualTo("a=1, b=x");
  }

  @Test
  void writesWhatTransformsMakeOfValuesAsPostgresReadsIt() {
    assertThat(
            List.of(
                ColumnText.of("c", new BigDecimal("1E+3")),
                ColumnText.of("c", Date.from(Instant.EPOCH)),
                ColumnText.of("c", new byte[] {0, (byte) 255}),
                ColumnText.of("c", ByteBuffer.wrap(new byte[] {1})),
                ColumnText.of("c", 1.5),
                ColumnText.of("c", true)))
        .containsExactly("1000", "1970-01-01 00:00:00.000+00", "\\x00ff", "\\x01", "1.5", "true");
  }

  @Test
  void writesConnectsDatesTimesAndArraysAsPostgresReadsThem() {
    assertThat(
            List.of(
                text(org.apache.kafka.connect.data.Date.SCHEMA, date("-0001-12-31T00:00:00Z")),
                text(org.apache.kafka.connect.data.Date.SCHEMA, date("+10000-01-01T00:00:00Z")),
                text(Time.SCHEMA, date("1970-01-01T23:59:59.001Z")),
                text(Timestamp.SCHEMA, date("0000-02-29T00:00:00.010Z")),
                text(
                    SchemaBuilder.array(Schema.STRING_SCHEMA).build(),
                    Arrays.asList("a\"b\\", null, "NULL", "")),
                text(SchemaBuilder.array(Schema.INT32_SCHEMA).build(), List.of())))
        .containsExactly(
            "0002-12-31 BC",
            "10000-01-01",
            "23:59:59.001",
            "0001-02-29 00:00:00.010+00 BC",
            "{\"a\\\"b\\\\\",NULL,\"NULL\",\"\"}",
            "{}");
  }

  private static String text(Schema schema, Object value) {
    return ColumnText.of(new Field("c", 0, schema), value);
  }

  private static Date date(String instant) {
    return Date.from(Instant.parse(instant));
  }

  @Test
  void refusesTypedRowsThatCameWithoutSchemas() {
    var record = new SinkRecord("topic", 0, null, Map.of("id", 1), null, Map.of("id", 1), 0);
    record.headers().addString(EventHeaders.TYPES, "connect");

    assertThatThrownBy(
            () -> reader.read(record, ACCOUNT, Operation.INSERT, new Change.Origin(3, "1-1")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("schemas.enable=true");
  }

  @Test
  void namesTheColumnThatATransformTurnedIntoAStructure() {
    assertThatThrownBy(
            () -> read(Operation.INSERT, Map.of("id", 1), Map.of("id", 1, "doc", Map.of())))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("column 'doc'");
  }

  @Test
  void namesWhatARecordLacks() {
    assertThatThrownBy(() -> read(Operation.INSERT, null, Map.of("id", 1)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("operation I: its key is missing");
    assertThatThrownBy(() -> read(Operation.UPDATE, Map.of("id", 1), "text"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("its value is a String");
  }
}
