package io.kreplica.sink.assemble;

import io.kreplica.record.EventHeaders;
import io.kreplica.record.Marker;
import io.kreplica.record.Tallies;
import io.kreplica.record.Tally;
import io.kreplica.sink.change.Change;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * What came of a batch in one epoch of its source, to be held against what the source says it sent.
 * Used by {@link OpenBatch} only.
 */
final class Arrivals {

  private final Tallies tallies = new Tallies();
  private long rank;

  /** Another epoch tells only what it sent itself. */
  void begin() {
    tallies.clear();
    rank = 0;
  }

  /**
   * Notes a record of the batch, be it new or not; one that the producer sent twice counts once.
   */
  void add(SinkRecord record, EventHeaders headers) {
    if (headers.operation().isTallied() && headers.rank() > rank) {
      rank = headers.rank();
      tallies.add(record);
    }
  }

  /** The tables of which not the same came as was sent. */
  List<Change.Altered> differencesFrom(Marker commit) {
    var altered = new ArrayList<Change.Altered>();
    if (!commit.sent().isEmpty()) {
      var arrived = tallies.byTable();
      commit
          .sent()
          .forEach(
              (table, sent) -> {
                var came = arrived.getOrDefault(table, Tally.NONE);
                if (!came.equals(sent)) {
                  altered.add(Change.Altered.of(table, sent, came, commit.batch()));
                }
              });
    }
    return altered;
  }
}
