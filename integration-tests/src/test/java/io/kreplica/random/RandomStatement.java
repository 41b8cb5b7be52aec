package io.kreplica.random;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.postgresql.PGConnection;

/**
 * A statement to execute.
 *
 * @param sql its text
 * @param copied what it reads from the client, as CSV, if it is a COPY
 */
record RandomStatement(String sql, Optional<String> copied) {

  static RandomStatement of(String sql) {
    return new RandomStatement(sql, Optional.empty());
  }

  void execute(Connection session) throws SQLException {
    if (copied.isPresent()) {
      try {
        session.unwrap(PGConnection.class).getCopyAPI().copyIn(sql, new StringReader(copied.get()));
      } catch (IOException e) {
        throw new SQLException(e);
      }
      return;
    }
    try (var statement = session.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public String toString() {
    return copied.map(rows -> sql + ";\n" + rows + "\\.").orElse(sql + ";");
  }
}
