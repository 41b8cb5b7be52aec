package io.kreplica.e2e;

import io.kreplica.postgres.InstallScript;
import io.kreplica.stack.Installation;
import io.kreplica.stack.ProjectRoot;
import java.sql.Connection;
import java.sql.SQLException;

/** A database of one of the servers, with the shop's tables. */
record Site(Database server, String name) {

  static Site create(Database server, String name) throws SQLException {
    try (var connection = server.connect("postgres");
        var statement = connection.createStatement()) {
      statement.execute("create database " + name);
    }
    var site = new Site(server, name);
    try (var connection = site.connect()) {
      Shop.createTables(connection);
    }
    return site;
  }

  Connection connect() throws SQLException {
    return server.connect(name);
  }

  String text(String sql) {
    try (var connection = connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "no row";
    } catch (SQLException e) {
      throw new IllegalStateException(sql + ": " + e.getMessage(), e);
    }
  }

  void execute(String sql) throws SQLException {
    try (var connection = connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  void drop() throws SQLException {
    try (var connection = server.connect("postgres");
        var statement = connection.createStatement()) {
      statement.execute("drop database " + name + " with (force)");
    }
  }

  void run(String script) throws SQLException {
    try (var connection = connect()) {
      InstallScript.ofFile(ProjectRoot.resolve(script)).run(connection);
    }
  }

  void becomeMaster(boolean copy) throws SQLException {
    try (var connection = connect()) {
      Installation.onMaster(connection);
    }
    for (var table : Shop.TABLES) {
      text("select replica.track('" + table + "', copy => " + copy + ")");
    }
  }

  void becomeSlave() throws SQLException {
    try (var connection = connect()) {
      Installation.onSlave(connection);
    }
  }

  String position(String topic) {
    return text("select snapshot from replica.replica_position where topic = '" + topic + "'");
  }
}
