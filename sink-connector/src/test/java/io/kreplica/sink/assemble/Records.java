package io.kreplica.sink.assemble;

import io.kreplica.record.BatchId;
import io.kreplica.record.EventHeaders;
import io.kreplica.record.LogPosition;
import io.kreplica.record.Marker;
import io.kreplica.record.Operation;
import io.kreplica.record.Part;
import io.kreplica.record.Placeholder;
import io.kreplica.record.TableName;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;

/** Records of one imagined topic, in the order in which they are asked for. */
final class Records {

  static final TableName ACCOUNT = new TableName("public", "account");

  private String log = "log-a";
  private long epoch = 1;
  private BatchId batch;
  private String from;
  private String to;
  private long rank;
  private long offset;
  private Optional<Marker.Copy> copy = Optional.empty();

  /** What follows is sent in this epoch. */
  Records inEpoch(long number) {
    epoch = number;
    return this;
  }

  /** What follows belongs to this log. */
  Records ofLog(String name) {
    log = name;
    return this;
  }

  /** The next batch carries rows of a copy. */
  Records copying(Marker.Copy carried) {
    copy = Optional.of(carried);
    return this;
  }

  SinkRecord begin(String id, String fromPosition, String toPosition) {
    batch = BatchId.parse(id);
    from = fromPosition;
    to = toPosition;
    rank = 0;
    return marker(Operation.BEGIN);
  }

  /** A new epoch goes on with the batch behind the given rank. */
  SinkRecord resume(long sent) {
    rank = sent;
    return marker(Operation.BEGIN);
  }

  SinkRecord commit() {
    return marker(Operation.COMMIT);
  }

  SinkRecord insert(long xid, int id) {
    return change(Operation.INSERT, xid, id);
  }

  SinkRecord copied(int id) {
    return change(Operation.COPY, 0, id);
  }

  /** A part of the name of the row that comes next. */
  SinkRecord part(long xid, int number, String data) {
    var headers = headers(Operation.PART, xid, rank + 1);
    headers.addInt(EventHeaders.PART, number);
    return record(null, new Part(ACCOUNT, "name", number, data).toValue(), headers);
  }

  /** A row whose name has come in parts. */
  SinkRecord insertParted(long xid, int id, int characters, int parts) {
    rank++;
    var headers = headers(Operation.INSERT, xid, rank);
    headers.addString(EventHeaders.PARTS, "[\"name\"]");
    var placeholder = new Placeholder("name", characters, parts).toString();
    return record(Map.of("id", id), Map.of("id", id, "name", placeholder), headers);
  }

  SinkRecord foreign() {
    return record(null, "value", new ConnectHeaders());
  }

  private SinkRecord marker(Operation operation) {
    var marker =
        new Marker(
            operation,
            log,
            batch,
            epoch,
            LogPosition.parse(from),
            LogPosition.parse(to),
            rank,
            copy);
    var headers = new ConnectHeaders();
    marker.writeTo(headers);
    return record(null, marker.toValue().value(), headers);
  }

  private SinkRecord change(Operation operation, long xid, int id) {
    rank++;
    return record(
        Map.of("id", id), Map.of("id", id, "name", "row " + id), headers(operation, xid, rank));
  }

  private ConnectHeaders headers(Operation operation, long xid, long ofRank) {
    var headers = new ConnectHeaders();
    new EventHeaders(
            operation,
            ACCOUNT,
            ofRank,
            xid,
            ofRank,
            ofRank,
            batch,
            epoch,
            0,
            copy.map(Marker.Copy::request).orElse(0L),
            copy.flatMap(Marker.Copy::slave).filter(name -> operation == Operation.COPY),
            false,
            Optional.empty())
        .writeTo(headers);
    return headers;
  }

  private SinkRecord record(Object key, Object value, ConnectHeaders headers) {
    return new SinkRecord(
        "topic", 0, null, key, null, value, offset++, 0L, TimestampType.CREATE_TIME, headers);
  }
}
