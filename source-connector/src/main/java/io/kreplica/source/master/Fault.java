package io.kreplica.source.master;

import io.kreplica.postgres.ServerMessage;
import io.kreplica.postgres.SessionFactory;
import java.sql.SQLException;

/** Which setting is at fault when the master cannot be used. */
public enum Fault {
  URL,
  USER,
  PASSWORD,
  TABLES;

  /** The setting that a failure to connect speaks of: SQLSTATE class 28 is about who, not where. */
  static Fault ofConnecting(SQLException e) {
    if ("28P01".equals(e.getSQLState())) {
      return PASSWORD;
    }
    return e.getSQLState() != null && e.getSQLState().startsWith("28") ? USER : URL;
  }

  /** The failure as a sentence with what to look at. */
  static String describe(String server, SessionFactory sessions, SQLException e) {
    return "Cannot connect to the "
        + server
        + " "
        + sessions
        + ": "
        + ServerMessage.describe(e)
        + ". "
        + switch (e.getSQLState() == null ? "" : e.getSQLState()) {
          case "28P01" -> "Check connection.user and connection.password.";
          case "28000" -> "Check connection.user, and the server's pg_hba.conf.";
          case "3D000" -> "Check the database's name in connection.url.";
          default -> "Check connection.url, and that the server runs and can be reached from here.";
        };
  }
}
