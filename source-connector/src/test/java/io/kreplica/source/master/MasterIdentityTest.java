package io.kreplica.source.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.record.BatchId;
import io.kreplica.record.LogPosition;
import io.kreplica.source.offset.SourceOffset;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

class MasterIdentityTest {

  private static final LogPosition SENT = LogPosition.parse("100:100:");
  private static final LogPosition NOW = LogPosition.parse("200:200:");
  private static final SourceOffset OFFSET = new SourceOffset("log", 7, 2, SENT, Optional.empty());

  @Test
  void theSameMasterGoesOn() {
    assertThat(master(2, NOW, LogPosition.BEGINNING).resume(OFFSET, 0)).isEqualTo(OFFSET);
  }

  @Test
  void aMasterWhosePositionIsBehindWhatWasSentIsNamedAndRefused() {
    var older = LogPosition.parse("90:90:");

    assertThatThrownBy(() -> master(2, older, older).resume(OFFSET, 0))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("100:100:")
        .hasMessageContaining("90:90:")
        .hasMessageContaining("replica.restart_log()");
  }

  @Test
  void aMasterThatHasForgottenWhatItHadNotedIsNamedAndRefusedHoweverFarItIs() {
    var offset = OFFSET.knowing(LogPosition.parse("80:80:"));
    var older = LogPosition.parse("70:70:");

    assertThatThrownBy(() -> master(2, NOW, older).resume(offset, 0))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("80:80:")
        .hasMessageContaining("70:70:")
        .hasMessageContaining("replica.restart_log()");
    assertThat(master(2, NOW, offset.confirmed()).resume(offset, 0)).isEqualTo(offset);
    assertThat(master(3, NOW, older).resume(offset, 3)).isEqualTo(offset.onTimeline(3));
  }

  @Test
  void anEarlierTimelineIsNamedAndRefused() {
    assertThatThrownBy(() -> master(1, NOW, SENT).resume(OFFSET, 0))
        .hasMessageContaining("timeline 2")
        .hasMessageContaining("timeline 1");
  }

  @Test
  void aFailoverThatHasEverythingSentGoesOnByItself() {
    assertThat(master(3, NOW, SENT).resume(OFFSET, 0)).isEqualTo(OFFSET.onTimeline(3));
  }

  @Test
  void aFailoverThatMayHaveLostTheOpenBatchStopsUntilItIsAccepted() {
    var open = OFFSET.within(new BatchId(6, 1), LogPosition.parse("150:150:"), 3);

    assertThatThrownBy(() -> master(3, NOW, SENT).resume(open, 0))
        .hasMessageContaining("may have been lost")
        .hasMessageContaining("accept.timeline=3");
    assertThat(master(3, NOW, SENT).resume(open, 3)).isEqualTo(open.onTimeline(3));
  }

  @Test
  void anotherLogAndAnotherClusterAreNamedAndRefused() {
    assertThatThrownBy(
            () -> new MasterIdentity("other", 7, 2, NOW, SENT, Optional.empty()).resume(OFFSET, 0))
        .hasMessageContaining("log log")
        .hasMessageContaining("other");
    assertThatThrownBy(
            () -> new MasterIdentity("log", 8, 2, NOW, SENT, Optional.empty()).resume(OFFSET, 0))
        .hasMessageContaining("cluster 7")
        .hasMessageContaining("8");
  }

  @Test
  void aTopicThatLacksWhatAnotherGotIsRefused() {
    var ahead = master(2, NOW, LogPosition.parse("110:110:"));

    ahead.refuseOtherTopic(OFFSET, "topic");
    master(2, NOW, SENT).refuseOtherTopic(OFFSET, "other");
    assertThatThrownBy(() -> ahead.refuseOtherTopic(OFFSET, "other"))
        .hasMessageContaining("topic 'other' has it up to 100:100:")
        .hasMessageContaining("up to 110:110: to topic 'topic'")
        .hasMessageContaining("replica.restart_log()");
  }

  private static MasterIdentity master(int timeline, LogPosition now, LogPosition confirmed) {
    return new MasterIdentity("log", 7, timeline, now, confirmed, Optional.of("topic"));
  }
}
