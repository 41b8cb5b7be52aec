package io.kreplica.sink.apply;

import io.kreplica.sink.change.Change;
import org.apache.kafka.connect.errors.ConnectException;

/** The slave refuses one row, whose transaction is known: all the others could be applied. */
public final class RefusedRowException extends ConnectException {

  private static final long serialVersionUID = 1L;

  private final transient Change.Origin origin;

  RefusedRowException(Change.Origin origin, String message) {
    super(message);
    this.origin = origin;
  }

  /** The transaction and batch that the row came with. */
  public Change.Origin origin() {
    return origin;
  }
}
