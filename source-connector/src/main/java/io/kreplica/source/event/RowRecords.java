package io.kreplica.source.event;

import java.sql.SQLException;
import org.apache.kafka.connect.source.SourceRecord;

/** The records of one row, in order: the parts of its large values, if it has any, and itself. */
public interface RowRecords {

  /** The next record; null behind the last. */
  SourceRecord next() throws SQLException;

  /** A row that is not sent. */
  static RowRecords none() {
    return () -> null;
  }

  /** A row that fits one record. */
  static RowRecords of(SourceRecord row) {
    return new RowRecords() {
      private SourceRecord next = row;

      @Override
      public SourceRecord next() {
        var record = next;
        next = null;
        return record;
      }
    };
  }
}
