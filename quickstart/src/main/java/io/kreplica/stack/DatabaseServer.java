package io.kreplica.stack;

import io.kreplica.postgres.Identifiers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** A PostgreSQL server on this machine, whose superuser {@code postgres} needs no password. */
public interface DatabaseServer extends AutoCloseable {

  /** Where it listens, on 127.0.0.1. */
  int port();

  /** The server's log file. */
  Path log();

  /** Stops the server. */
  @Override
  void close();

  /** The JDBC URL of a database. */
  default String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
  }

  /** Opens an autocommit session of the superuser. */
  default Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(url(database) + "?user=postgres");
  }

  /** Creates a database. */
  default void createDatabase(String name) {
    try (var connection = connect("postgres");
        var statement = connection.createStatement()) {
      statement.execute("create database " + Identifiers.quote(name));
    } catch (SQLException e) {
      throw new IllegalStateException(
          "Cannot create database '" + name + "': " + e.getMessage(), e);
    }
  }

  /** Drops a database with every session in it; nothing happens if there is none. */
  default void dropDatabase(String name) {
    try (var connection = connect("postgres");
        var statement = connection.createStatement()) {
      statement.execute("drop database if exists " + Identifiers.quote(name) + " with (force)");
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot drop database '" + name + "': " + e.getMessage(), e);
    }
  }
}
