package io.kreplica.source.event;

import org.apache.kafka.connect.errors.DataException;

/** A log row lacks its table's key: the key was dropped before the row was logged. */
final class KeylessException extends DataException {

  private static final long serialVersionUID = 1;

  KeylessException(String message) {
    super(message);
  }
}
