package io.kreplica.e2e;

import io.kreplica.security.SecureServer;
import java.sql.Connection;
import java.sql.SQLException;

/** A secure server, to which connectors are led by a URL that verifies it and binds the channel. */
record SecureDatabase(SecureServer server) implements Database {

  /** Has the server prove that it knows the password. */
  static final String BOUND = "channelBinding=require";

  @Override
  public String url(String database) {
    return server.url("localhost", database, BOUND);
  }

  @Override
  public Connection connect(String database) throws SQLException {
    return server.postgres().connect(database);
  }

  @Override
  public void stop() {
    server.postgres().stop();
  }

  @Override
  public void kill() {
    server.postgres().kill();
  }

  @Override
  public void restart() {
    server.postgres().restart();
  }

  @Override
  public void close() {
    server.close();
  }
}
