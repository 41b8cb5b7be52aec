package io.kreplica.source.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows read as streams, in pieces cut anywhere, are the rows that are read whole. */
class ColumnStreamTest {

  private static final long SEED = Long.getLong("kreplica.seed", System.nanoTime());
  private static final List<String> ALPHABET =
      List.of("a", "\"", "\\", ",", "(", ")", "{", "}", "\n", "\t", "\u0001", "é", "€", "🐎", " ");

  private final Random random = new Random(SEED);

  @Test
  void aRowInJsonIsReadAsItIsWhenHeld() throws SQLException {
    for (var round = 0; round < 500; round++) {
      var json = new StringBuilder("{");
      for (var i = 0; i < 1 + random.nextInt(6); i++) {
        json.append(i == 0 ? "" : ",").append('"').append(encoded(text(3))).append(i).append("\":");
        json.append(random.nextInt(8) == 0 ? "  " : "").append(jsonValue());
      }
      json.append('}');
      var whole = new RowJson();
      whole.read(json.toString());

      var stream = new JsonColumns(new Characters(new Pieces(json.toString(), random, 5)));

      assertThat(values(stream)).as("seed %d: %s", SEED, json).isEqualTo(whole.values());
    }
  }

  private String jsonValue() {
    return switch (random.nextInt(7)) {
      case 0 -> "null";
      case 1 -> "-12.50e3";
      case 2 -> "true";
      case 3 -> "[1, {\"a]\": \"}\\\"\"}, null]";
      case 4 -> "{\"a\":[\"x\\\\\",\"" + encoded(text(5)) + "\"]}";
      default -> "\"" + encoded(text(40)) + "\"";
    };
  }

  private String text(int longest) {
    var text = new StringBuilder();
    for (var i = random.nextInt(longest + 1); i > 0; i--) {
      text.append(ALPHABET.get(random.nextInt(ALPHABET.size())));
    }
    return text.toString();
  }

  private static String encoded(String text) {
    return new String(JsonStringEncoder.getInstance().quoteAsString(text));
  }

  @Test
  void aRowAsRecordTextIsReadAsItWas() throws SQLException {
    for (var round = 0; round < 500; round++) {
      var expected = new ArrayList<String>();
      var record = new StringBuilder("(");
      for (var i = 0; i < 1 + random.nextInt(6); i++) {
        var value = random.nextInt(4) == 0 ? null : text(40);
        expected.add(value);
        record.append(i == 0 ? "" : ",");
        if (value != null) {
          record.append('"').append(value.replace("\\", "\\\\").replace("\"", "\"\"")).append('"');
        }
      }
      record.append(')');

      var stream = new RecordColumns(new Characters(new Pieces(record.toString(), random, 5)));

      assertThat(values(stream)).as("seed %d: %s", SEED, record).isEqualTo(expected);
    }
  }

  private static List<String> values(ColumnStream stream) throws SQLException {
    var values = new ArrayList<String>();
    while (stream.next()) {
      values.add(RecordText.value(stream));
    }
    return values;
  }

  @Test
  void whatIsNotReadOfAColumnIsPassedOver() throws SQLException {
    var large = "x\\\"".repeat(100_000);
    var stream =
        new JsonColumns(
            new Characters(
                new Pieces(
                    "{\"a\":\"" + large + "\",\"b\":[\"" + large + "\"],\"c\":3}", random, 999)));

    assertThat(stream.next()).isTrue();
    assertThat(stream.piece()).startsWith("x\"x");
    assertThat(stream.next()).isTrue();
    assertThat(stream.next()).isTrue();
    assertThat(stream.piece()).isEqualTo("3");
    assertThat(stream.next()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[1]", "{\"a\":\"b", "{\"a\" 1}", "{\"a\":1,}", "{1:2}", "{\"a\":[1"})
  void refusesWhatIsNoRow(String json) {
    assertThatThrownBy(() -> values(new JsonColumns(new Characters(new Pieces(json, random, 3)))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
