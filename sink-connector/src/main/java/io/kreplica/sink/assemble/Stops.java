package io.kreplica.sink.assemble;

import io.kreplica.record.EventHeaders;
import io.kreplica.record.Marker;
import io.kreplica.sink.position.Position;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;

/** The reasons for which assembling stops, each with its place on the topic and its remedy. */
final class Stops {

  private static final String COPY_AGAIN =
      " To go on without what is missing, stop the sink, run on the slave: delete from"
          + " replica.replica_position where log_id = '%s'; start it again, and ask the master for"
          + " a fresh copy of each table with replica.copy().";

  private Stops() {}

  /** A record that cannot be KReplica's, or no longer is. */
  static ConnectException unreadable(SinkRecord record, DataException cause) {
    return new ConnectException(
        "Cannot apply the record at "
            + place(record)
            + ": "
            + cause.getMessage()
            + " The sink reads a topic that only KReplica's source writes; keep transforms that"
            + " rebuild records away from its markers with a predicate.",
        cause);
  }

  static ConnectException foreignLog(SinkRecord record, String log, Marker marker) {
    return new ConnectException(
        "Cannot apply batch "
            + marker.batch()
            + " at "
            + place(record)
            + ": it belongs to log '"
            + marker.log()
            + "', and this slave has applied log '"
            + log
            + "' from this topic. The master was replaced or restored, or another source writes to"
            + " the topic. If it was replaced, its tables must be copied again."
            + COPY_AGAIN.formatted(log));
  }

  static ConnectException missingMarker(SinkRecord record, String marker) {
    return new ConnectException(
        "Cannot assemble the records at "
            + place(record)
            + ": "
            + marker
            + " is missing. A transform or filter drops markers: spare records whose header"
            + " replica.op is B or C with a predicate, and restart the sink.");
  }

  static ConnectException gap(SinkRecord record, Position applied, Marker marker) {
    return gap(
        record,
        applied,
        "batch "
            + marker.batch()
            + " (from "
            + marker.from()
            + " to "
            + marker.to()
            + (marker.rank() > 0 ? ", resumed after record " + marker.rank() : "")
            + ")");
  }

  static ConnectException gap(SinkRecord record, Position applied, EventHeaders headers) {
    return gap(
        record,
        applied,
        "the change of transaction "
            + headers.xid()
            + " in batch "
            + headers.batch()
            + ", whose begin marker has not been seen,");
  }

  private static ConnectException gap(SinkRecord record, Position applied, String what) {
    return new ConnectException(
        "Cannot apply "
            + what
            + " at "
            + place(record)
            + ": this slave stands at "
            + applied.snapshot()
            + " (batch "
            + applied.batch()
            + "), and what lies between is missing. The topic has lost records, by its retention or"
            + " by hand; or a transform drops markers, which a predicate must spare: then that will"
            + " do."
            + COPY_AGAIN.formatted(applied.log()));
  }

  private static String place(SinkRecord record) {
    return record.originalTopic()
        + "-"
        + record.originalKafkaPartition()
        + " offset "
        + record.originalKafkaOffset();
  }
}
