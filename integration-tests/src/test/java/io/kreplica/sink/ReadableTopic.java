package io.kreplica.sink;

import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;

/** A topic's one partition, as a sink task's consumer sees it. */
public interface ReadableTopic {

  /** The records from an offset on, at most so many offsets; a dropped record is left out. */
  List<SinkRecord> read(long from, int most);

  /** The offset behind the last record. */
  int size();

  /** The offset behind those that {@link #read} goes through. */
  default long endOf(long from, int most) {
    return Math.min(size(), from + most);
  }
}
