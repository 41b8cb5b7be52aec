package io.kreplica.source.offset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kreplica.record.BatchId;
import io.kreplica.record.CheckKind;
import io.kreplica.record.LogPosition;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

class SourceOffsetTest {

  private static final SourceOffset BETWEEN_BATCHES =
      new SourceOffset(
          "a5c1",
          7_123_456_789_012_345_678L,
          3,
          LogPosition.parse("10:20:10,13"),
          Optional.empty());

  @Test
  void survivesConnectsJson() throws Exception {
    var offset =
        BETWEEN_BATCHES
            .knowing(LogPosition.parse("9:9:"))
            .within(new BatchId(6, 12), LogPosition.parse("30:30:"), 5_000_000_000L)
            .copying(9, "{\"id\":\"7\"}")
            .checking(
                Checks.NONE
                    .answered(CheckKind.VERIFY, 3)
                    .at(
                        CheckKind.VERIFY,
                        new Progress.UnderWay(4, 2, Optional.of("{\"id\": \"7\"}")))
                    .at(CheckKind.REPAIR, new Progress.UnderWay(5, 0, Optional.empty())));

    assertThat(SourceOffset.ofMap(throughJson(offset))).isEqualTo(offset);
    assertThat(SourceOffset.ofMap(throughJson(BETWEEN_BATCHES))).isEqualTo(BETWEEN_BATCHES);
  }

  @Test
  void onlyACommitMarkersOffsetIsBehindABatch() {
    var within = BETWEEN_BATCHES.within(new BatchId(6, 12), LogPosition.parse("30:30:"), 1);

    assertThat(SourceOffset.isBehindABatch(within.toMap())).isFalse();
    assertThat(SourceOffset.isBehindABatch(within.behind(LogPosition.parse("30:30:")).toMap()))
        .isTrue();
  }

  @Test
  void anAnsweredCopyEndsTheCopyUnderWay() {
    var offset = BETWEEN_BATCHES.copying(9, "{}").copied(9);

    assertThat(offset.copying()).isEmpty();
    assertThat(offset.copied()).isEqualTo(9);
  }

  @Test
  void anAnsweredVerificationEndsTheOneUnderWayOfItsKindOnly() {
    var checks =
        Checks.NONE
            .at(CheckKind.VERIFY, new Progress.UnderWay(4, 2, Optional.empty()))
            .at(CheckKind.INTERVAL, new Progress.UnderWay(5, 0, Optional.empty()))
            .answered(CheckKind.VERIFY, 4);

    assertThat(checks.of(CheckKind.VERIFY)).isEqualTo(new Progress(4, Optional.empty()));
    assertThat(checks.of(CheckKind.INTERVAL).of(5)).isPresent();
    assertThat(checks.of(CheckKind.INTERVAL).of(6)).isEmpty();
  }

  @Test
  void aMissingFieldIsNamedWithTheRemedy() {
    var map = new HashMap<>(BETWEEN_BATCHES.toMap());
    map.remove("position");

    assertThatThrownBy(() -> SourceOffset.ofMap(map))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("'position'")
        .hasMessageContaining("DELETE the connector's offsets");
  }

  @Test
  void onlyTheNewestAcknowledgedBatchIsHandedOutOnce() {
    var acknowledgements = new Acknowledgements();
    var first = BETWEEN_BATCHES.behind(LogPosition.parse("30:30:"));
    var second = BETWEEN_BATCHES.behind(LogPosition.parse("40:40:"));
    acknowledgements.accept(first.toMap());
    acknowledgements.accept(second.toMap());
    acknowledgements.accept(
        second.within(new BatchId(6, 13), LogPosition.parse("50:50:"), 1).toMap());

    assertThat(acknowledgements.take()).contains(second);
    assertThat(acknowledgements.take()).isEmpty();
  }

  private static Map<String, Object> throughJson(SourceOffset offset)
      throws JsonProcessingException {
    var json = new ObjectMapper();
    return json.readValue(
        json.writeValueAsString(offset.toMap()), new TypeReference<Map<String, Object>>() {});
  }
}
