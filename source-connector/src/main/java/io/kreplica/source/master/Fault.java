package io.kreplica.source.master;

import io.kreplica.postgres.ConnectFault;
import java.sql.SQLException;

/** Which setting is at fault when the master cannot be used. */
public enum Fault {
  URL,
  USER,
  PASSWORD,
  TABLES;

  /** The setting that a failure to connect speaks of. */
  static Fault ofConnecting(SQLException e) {
    return switch (ConnectFault.of(e).setting()) {
      case "connection.password" -> PASSWORD;
      case "connection.user" -> USER;
      default -> URL;
    };
  }
}
