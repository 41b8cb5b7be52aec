package io.kreplica.sink.apply;

import io.kreplica.record.TableName;
import io.kreplica.sink.change.Change;

/** How a row on the slave differs from what the master had before a change of it. */
enum Conflict {
  /** A change or deletion of a row that is not there. */
  MISSING("the slave has no row of this key"),
  /** An insert of a row that is there. */
  EXTRA("the slave has a row of this key already"),
  /** A change or deletion of a row that is not as the master's was. */
  CHANGED("the slave's row is not what the master's was before");

  private final String found;

  Conflict(String found) {
    this.found = found;
  }

  /**
   * The error that stops the task.
   *
   * @param change the change as words
   * @param key the row's key as words
   */
  RefusedRowException refuse(String change, TableName target, String key, Change.Origin origin) {
    return new RefusedRowException(
        origin,
        "Cannot apply "
            + change
            + " to "
            + target
            + " (key "
            + key
            + "; "
            + origin
            + "): "
            + found
            + ", and conflict.mode is fail. Make the slave's row what the master's was, or set"
            + " conflict.mode to overwrite or warn, which write the master's row; and restart the"
            + " sink. select replica.copy(…) on the master makes the whole table equal again.");
  }
}
