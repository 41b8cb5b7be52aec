package io.kreplica.source.event;

import org.apache.kafka.connect.errors.DataException;

/** A value that Connect's type does not hold; the message says what it is, not what it says. */
final class UnholdableException extends DataException {

  private static final long serialVersionUID = 1L;

  UnholdableException(String message) {
    super(message);
  }
}
