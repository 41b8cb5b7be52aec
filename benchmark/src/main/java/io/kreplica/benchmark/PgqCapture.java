package io.kreplica.benchmark;

import io.kreplica.stack.DatabaseServer;
import java.sql.SQLException;
import java.util.List;

/** PgQ's row trigger in C, which notes changes as URL-encoded text, as Londiste uses it. */
final class PgqCapture implements Capture {

  @Override
  public String title() {
    return "PgQ";
  }

  @Override
  public void track(DatabaseServer server, String database, List<String> tables)
      throws SQLException {
    try (var connection = server.connect(database);
        var statement = connection.createStatement()) {
      statement.execute("create extension pgq");
      statement.execute("select pgq.create_queue('benchmark')");
      for (var table : tables) {
        statement.execute(
            "create trigger pgq after insert or update or delete on "
                + table
                + " for each row execute function pgq.logutriga('benchmark')");
      }
    }
  }
}
