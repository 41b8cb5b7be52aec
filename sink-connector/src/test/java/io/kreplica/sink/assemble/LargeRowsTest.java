package io.kreplica.sink.assemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.record.LogPosition;
import io.kreplica.sink.assemble.BatchAssembler.Step;
import io.kreplica.sink.change.Change;
import io.kreplica.sink.position.Position;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

/** Rows whose large values come in parts before them, among restarts, filters and duplicates. */
class LargeRowsTest {

  private final Records topic = new Records();
  private final BatchAssembler assembler =
      new BatchAssembler("berlin", false, 10, xid -> Optional.empty());

  @Test
  void theRowHasTheValueThatItsPartsMake() {
    add(topic.begin("1-1", "1:1:", "5:5:"));
    add(topic.part(3, 1, "abc"), topic.part(3, 2, "def"), topic.insertParted(3, 1, 6, 2));
    add(topic.commit());

    assertThat(names()).containsExactly("abcdef");
  }

  @Test
  void aSourceThatResumesSendsAllPartsAgainPerhapsCutOtherwise() {
    add(topic.begin("1-1", "1:1:", "5:5:"), topic.insert(3, 1));
    add(topic.part(4, 1, "abc"), topic.part(4, 2, "de"));

    add(topic.inEpoch(2).resume(1));
    add(topic.part(4, 1, "ab"), topic.part(4, 2, "cde"), topic.insertParted(4, 2, 5, 2));
    add(topic.commit());

    assertThat(names()).containsExactly("row 1", "abcde");
  }

  @Test
  void aZombiesPartsAreIgnored() {
    add(topic.begin("1-1", "1:1:", "5:5:"));
    add(topic.inEpoch(2).resume(0), topic.part(3, 1, "abc"));
    assertThat(add(topic.inEpoch(1).part(3, 2, "zombie"))).isEqualTo(Step.SKIPPED);
    add(topic.inEpoch(2).insertParted(3, 1, 3, 1), topic.commit());

    assertThat(names()).containsExactly("abc");
  }

  @Test
  void partsWhoseRowAFilterDroppedAreThrownAway() {
    add(topic.begin("1-1", "1:1:", "5:5:"));
    add(topic.part(3, 1, "abc"));
    topic.insertParted(3, 1, 3, 1);
    add(topic.insert(3, 2), topic.part(3, 1, "xyz"), topic.insertParted(3, 3, 3, 1));
    add(topic.commit());

    assertThat(names()).containsExactly("row 2", "xyz");
    assertThat(assembler.bytes()).isZero();
  }

  @Test
  void aRowWhosePartsAFilterDroppedStopsTheSinkAtItsPlace() {
    add(topic.begin("1-1", "1:1:", "5:5:"), topic.insert(3, 1));
    add(topic.part(3, 1, "abc"));

    assertThatThrownBy(() -> add(topic.insertParted(3, 2, 6, 2)))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("topic-0 offset 3")
        .hasMessageContaining("replica.op P");
  }

  @Test
  void rowsThatAreAppliedAlreadyNeedNoParts() {
    assembler.startAt(Optional.of(new Position("log-a", LogPosition.parse("4:4:"), 1, "1-9", 100)));
    add(topic.begin("1-1", "1:1:", "5:5:"));

    assertThat(add(topic.part(3, 1, "abc"))).isEqualTo(Step.SKIPPED);
    assertThat(add(topic.insertParted(3, 1, 3, 1))).isEqualTo(Step.SKIPPED);
    add(topic.part(4, 1, "xyz"), topic.insertParted(4, 2, 3, 1), topic.commit());

    assertThat(names()).containsExactly("xyz");
  }

  @Test
  void whatExceedsTheBoundIsHandedOutBeforeItsRowAndTheRowAsSoonAsItIsThere() {
    add(topic.begin("1-1", "1:1:", "5:5:"));
    add(topic.part(3, 1, "x".repeat(8)), topic.part(3, 2, "y".repeat(8)));

    assertThat(assembler.refersToStored()).isFalse();
    assertThat(assembler.takePart().orElseThrow().changes())
        .containsExactly(new Change.Part(1, 1, "xxxxxxxx"), new Change.Part(1, 2, "yyyyyyyy"));

    add(topic.insertParted(3, 1, 16, 2));

    assertThat(assembler.refersToStored()).isTrue();
    var row = (Change.Row) assembler.takePart().orElseThrow().changes().get(0);
    assertThat(row.shape().isStored("name")).isTrue();
    assertThat(assembler.refersToStored()).isFalse();
  }

  private Step add(SinkRecord... records) {
    var step = Step.SKIPPED;
    for (var record : records) {
      step = assembler.add(record);
    }
    return step;
  }

  private List<String> names() {
    return assembler.takeComplete().orElseThrow().changes().stream()
        .map(Change.Row.class::cast)
        .map(row -> row.values().get(row.shape().columns().indexOf("name")))
        .toList();
  }
}
