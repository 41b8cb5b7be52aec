package io.kreplica.source.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartCutterTest {

  private static final String MIXED = "a\"\\\n\u0001\u007fé€🐎ž";

  private final Random random = new Random(1);

  @ParameterizedTest
  @ValueSource(ints = {12, 13, 14, 15, 16, 17, 18, 19, 100, 1_000})
  void partsFitTheirRoomAndDivideNoCharacter(int room) throws Exception {
    var text = MIXED.repeat(200);
    var cutter = new PartCutter(new Pieces(text, random, 7), room);

    var parts = all(cutter);

    assertThat(String.join("", parts)).isEqualTo(text);
    assertThat(cutter.parts()).isEqualTo(parts.size());
    assertThat(cutter.characters()).isEqualTo(text.length());
    for (var part : parts) {
      assertThat(serialized(part)).isLessThanOrEqualTo(room);
      assertThat(Character.isLowSurrogate(part.charAt(0))).isFalse();
      assertThat(Character.isHighSurrogate(part.charAt(part.length() - 1))).isFalse();
    }
  }

  @Test
  void aTextOfExactlyTheRoomIsOnePartAndOneMoreMakesTwo() throws SQLException {
    assertThat(all(new PartCutter(new Pieces("x".repeat(100), random, 9), 100))).hasSize(1);
    assertThat(all(new PartCutter(new Pieces("x".repeat(101), random, 9), 100))).hasSize(2);
    assertThat(all(new PartCutter(new Pieces("\"".repeat(50) + "x", random, 9), 100))).hasSize(2);
  }

  @Test
  void theSizeIsThatOfTheJson() throws JsonProcessingException {
    for (var c = 0; c < 0x10000; c++) {
      if (!Character.isSurrogate((char) c)) {
        assertThat(JsonSize.of((char) c)).as("U+%04X", c).isEqualTo(serialized("" + (char) c));
      }
    }
    assertThat(JsonSize.of("🐎")).isEqualTo(serialized("🐎"));
  }

  private static List<String> all(PartCutter cutter) throws SQLException {
    var parts = new ArrayList<String>();
    for (var part = cutter.next(); part != null; part = cutter.next()) {
      parts.add(part);
    }
    return parts;
  }

  private static int serialized(String text) throws JsonProcessingException {
    return new ObjectMapper().writeValueAsBytes(text).length - 2;
  }
}
