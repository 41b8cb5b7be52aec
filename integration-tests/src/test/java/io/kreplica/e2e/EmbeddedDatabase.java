package io.kreplica.e2e;

import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/** A PostgreSQL server that is a process of this machine. */
record EmbeddedDatabase(PostgresServer server) implements Database {

  /** The one that {@code -Dkreplica.postgres} names: newest (the default) or oldest. */
  static PostgresVersion version() {
    var name = System.getProperty("kreplica.postgres", "newest");
    return PostgresVersion.valueOf(name.toUpperCase(Locale.ROOT));
  }

  @Override
  public String url(String database) {
    return server.url(database);
  }

  @Override
  public Connection connect(String database) throws SQLException {
    return server.connect(database);
  }

  @Override
  public void stop() {
    server.stop();
  }

  @Override
  public void kill() {
    server.kill();
  }

  @Override
  public void restart() {
    server.restart();
  }

  @Override
  public void close() {
    server.close();
  }
}
