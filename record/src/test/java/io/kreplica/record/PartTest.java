package io.kreplica.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.junit.jupiter.api.Test;

class PartTest {

  private static final Part PART =
      new Part(new TableName("public", "album"), "photo", 3, "\\x00ff");

  @Test
  void isReadFromAStructAndFromAMap() {
    var map = Map.of("table", "public.album", "column", "photo", "part", 3L, "data", "\\x00ff");

    assertThat(Part.ofValue(PART.toValue())).isEqualTo(PART);
    assertThat(Part.ofValue(map)).isEqualTo(PART);
  }

  @Test
  void isRefusedWithTheFieldThatATransformTook() {
    assertThatThrownBy(() -> Part.ofValue(Map.of("table", "public.album")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("it has no field 'column'");
  }

  @Test
  void theColumnsHeaderIsReadAsTextAndAsTheListThatSomeConvertersMakeOfIt() {
    var names = List.of("photo", "a \"b\"", "c\\d,[e]", "line\nbreak", "žluťoučký 🐎");
    var text = new ConnectHeaders().addString(EventHeaders.PARTS, PartedColumns.format(names));
    var list = new ConnectHeaders().add(EventHeaders.PARTS, names, null);

    assertThat(PartedColumns.readFrom(text)).isEqualTo(names);
    assertThat(PartedColumns.readFrom(list)).isEqualTo(names);
    assertThat(PartedColumns.readFrom(new ConnectHeaders())).isEmpty();
    assertThatThrownBy(
            () ->
                PartedColumns.readFrom(
                    new ConnectHeaders().addString(EventHeaders.PARTS, "[\"photo")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("replica.parts");
  }

  @Test
  void aPlaceholderSaysWhatItStandsForAndIsToldFromOtherValues() {
    var placeholder = new Placeholder("photo (2)", 123_456_789, 240);

    assertThat(placeholder)
        .hasToString("(photo (2): 123456789 characters, in 240 parts before this record)");
    assertThat(Placeholder.parse(placeholder.toString())).contains(placeholder);
    assertThat(Placeholder.parse("(photo: many characters, in 2 parts before this record)"))
        .isEmpty();
    assertThat(Placeholder.parse(null)).isEqualTo(Optional.empty());
  }
}
