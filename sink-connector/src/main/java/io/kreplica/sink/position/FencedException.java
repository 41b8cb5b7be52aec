package io.kreplica.sink.position;

import org.apache.kafka.connect.errors.ConnectException;

/** This task may not apply to the slave: another task or another sink has the position row. */
public final class FencedException extends ConnectException {

  private static final long serialVersionUID = 1L;

  FencedException(String message) {
    super(message);
  }
}
