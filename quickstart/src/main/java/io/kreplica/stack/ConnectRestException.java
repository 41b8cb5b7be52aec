package io.kreplica.stack;

/** What Connect's REST interface refused to do; the message carries its answer. */
public final class ConnectRestException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;

  ConnectRestException(String message, int status) {
    super(message);
    this.status = status;
  }

  ConnectRestException(String message, Throwable cause) {
    super(message, cause);
    this.status = 0;
  }

  /** The HTTP status, or 0 if there was no answer. */
  public int status() {
    return status;
  }
}
