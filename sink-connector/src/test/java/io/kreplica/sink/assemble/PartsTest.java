package io.kreplica.sink.assemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.record.Part;
import io.kreplica.record.Placeholder;
import io.kreplica.record.TableName;
import io.kreplica.sink.change.Change;
import io.kreplica.sink.change.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;

class PartsTest {

  private static final TableName ALBUM = new TableName("public", "album");
  private static final List<String> PARTED = List.of("photo", "note");
  private static final String PHOTO = new Placeholder("photo", 5, 2).toString();
  private static final String NOTE = new Placeholder("note", 3, 1).toString();

  private final Parts parts = new Parts(100);

  @Test
  void valuesArePutTogetherInTheirPlaces() {
    send(7, "photo:abc", "photo:de", "note:xyz");

    assertThat(parts.complete(row("1", PHOTO, NOTE), 7, PARTED).values())
        .containsExactly("1", "abcde", "xyz");
  }

  @Test
  void aPartThatComesTwiceCountsOnce() {
    send(7, "photo:abc", "photo:de");
    parts.add(7, new Part(ALBUM, "photo", 1, "abc"));
    parts.add(7, new Part(ALBUM, "photo", 2, "de"));
    parts.add(7, new Part(ALBUM, "note", 3, "xyz"));

    assertThat(parts.complete(row("1", PHOTO, NOTE), 7, PARTED).values())
        .containsExactly("1", "abcde", "xyz");
  }

  @Test
  void partsOfARowThatDidNotComeAreForgotten() {
    send(6, "photo:gone", "note:gone");
    send(7, "photo:abc", "photo:de", "note:xyz");

    assertThat(parts.complete(row("1", PHOTO, NOTE), 7, PARTED).values())
        .containsExactly("1", "abcde", "xyz");
  }

  @Test
  void aRowThatLacksPartsIsNamedWithTheRemedy() {
    parts.add(7, new Part(ALBUM, "photo", 1, "abc"));
    parts.add(7, new Part(ALBUM, "note", 3, "xyz"));

    assertThatThrownBy(() -> parts.complete(row("1", PHOTO, NOTE), 7, PARTED))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("public.album")
        .hasMessageContaining("id=1")
        .hasMessageContaining("predicate");
    assertThatThrownBy(() -> new Parts(9).complete(row("1", PHOTO, NOTE), 7, PARTED))
        .isInstanceOf(DataException.class);
  }

  @Test
  void theLastPartIsMissedToo() {
    send(7, "photo:abc");

    assertThatThrownBy(() -> parts.complete(row("1", PHOTO, "x"), 7, PARTED))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("'photo'");
  }

  @Test
  void aColumnThatATransformMaskedKeepsWhatItWasGivenAndNeedsNoParts() {
    assertThat(parts.complete(row("1", "***", null), 7, PARTED).values())
        .containsExactly("1", "***", null);
  }

  @Test
  void aColumnThatATransformDroppedNeedsNoParts() {
    var row =
        new Change.Row(
            new Shape(ALBUM, List.of("id"), nulls(1), List.of("id")),
            false,
            List.of("1"),
            new Change.Origin(1, "1-1"));

    assertThat(parts.complete(row, 7, PARTED).values()).containsExactly("1");
  }

  @Test
  void aColumnThatATransformRenamedTakesItsValueAlong() {
    send(7, "photo:abc", "photo:de");
    var row =
        new Change.Row(
            new Shape(ALBUM, List.of("id", "picture"), nulls(2), List.of("id")),
            false,
            List.of("1", PHOTO),
            new Change.Origin(1, "1-1"));

    assertThat(parts.complete(row, 7, List.of("photo")).values()).containsExactly("1", "abcde");
  }

  @Test
  void aValueThatLooksLikeAPlaceholderIsAValueWhereNoPartsCame() {
    send(7, "photo:abc", "photo:de");

    assertThat(parts.complete(row("1", PHOTO, NOTE), 7, List.of("photo")).values())
        .containsExactly("1", "abcde", NOTE);
  }

  @Test
  void whatExceedsTheBoundIsHandedOnToBeStoredAndReferredTo() {
    var long1 = "x".repeat(80);
    var long2 = "y".repeat(80);

    var stored = send(7, "photo:" + long1, "photo:" + long2, "note:xyz");

    assertThat(stored)
        .containsExactly(
            new Change.Part(1, 1, long1),
            new Change.Part(1, 2, long2),
            new Change.Part(2, 1, "xyz"));
    assertThat(parts.bytes()).isZero();
    var row =
        parts.complete(row("1", new Placeholder("photo", 160, 2).toString(), NOTE), 7, PARTED);
    assertThat(row.values()).containsExactly("1", "1", "2");
    assertThat(row.shape().isStored("photo")).isTrue();
    assertThat(row.shape().isStored("id")).isFalse();
  }

  @Test
  void valuesOfDifferentRowsAreStoredUnderDifferentNumbers() {
    send(7, "photo:" + "x".repeat(200));
    parts.clear();

    assertThat(send(8, "photo:" + "y".repeat(200)))
        .containsExactly(new Change.Part(2, 1, "y".repeat(200)));
  }

  @Test
  void charactersBeyondLatin1TakeTwiceTheRoom() {
    assertThat(send(7, "photo:" + "x".repeat(80))).isEmpty();
    parts.clear();

    assertThat(send(8, "photo:" + "€".repeat(80)))
        .containsExactly(new Change.Part(1, 1, "€".repeat(80)));
  }

  private List<Change.Part> send(long rank, String... columnsAndData) {
    var stored = new ArrayList<Change.Part>();
    for (var i = 0; i < columnsAndData.length; i++) {
      var part = columnsAndData[i].split(":", 2);
      stored.addAll(parts.add(rank, new Part(ALBUM, part[0], i + 1, part[1])));
    }
    return stored;
  }

  private static Change.Row row(String... values) {
    return new Change.Row(
        new Shape(ALBUM, List.of("id", "photo", "note"), nulls(3), List.of("id")),
        false,
        Arrays.asList(values),
        new Change.Origin(1, "1-1"));
  }

  private static List<String> nulls(int count) {
    return Arrays.asList(new String[count]);
  }
}
