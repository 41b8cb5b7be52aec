package io.kreplica.postgres;

import java.sql.SQLException;

/**
 * No session can be had, and waiting will not help, although the driver's state is that of a
 * connection that broke: one side does not trust the other, or lacks what the other asks for.
 */
public final class RefusedSessionException extends SQLException {

  private static final long serialVersionUID = 1L;

  private final ConnectFault fault;

  RefusedSessionException(ConnectFault fault, SQLException cause) {
    super(message(cause), cause.getSQLState(), cause);
    this.fault = fault;
  }

  /** What is at fault. */
  public ConnectFault fault() {
    return fault;
  }

  /** The driver's words, with those behind them if it keeps them for itself. */
  private static String message(SQLException e) {
    var message = e.getMessage().replaceFirst("\\.$", "");
    var cause = e.getCause() == null ? null : e.getCause().getMessage();
    return cause == null || message.contains(cause) ? message : message + " (" + cause + ")";
  }
}
