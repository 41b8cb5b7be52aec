package io.kreplica.ddl;

import io.kreplica.Mirror;
import io.kreplica.record.EventHeaders;
import io.kreplica.record.Operation;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresVersion;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.connect.data.Struct;

/** A master that logs schema commands by itself, and a slave whose sink executes them. */
final class CapturingMirror implements AutoCloseable {

  private final Mirror mirror;

  private CapturingMirror(Mirror mirror) {
    this.mirror = mirror;
  }

  /** With a tracked table t of two rows, which the sink owns on the slave. */
  static CapturingMirror on(PostgresVersion version) throws SQLException, InterruptedException {
    var mirror = Mirror.on(version).sink("ddl.enabled", "true");
    ExecuteIT.letSinkChange(mirror.slave());
    mirror.onBoth("create table t (id int primary key, v text)");
    mirror.slave().execute("alter table t owner to sink_login");
    mirror
        .master()
        .execute(
            "create table plain (id int primary key, v text)",
            "insert into t values (1, 'a'), (2, 'b')",
            "select replica.capture_ddl(true)");
    mirror.track("t").settle();
    return new CapturingMirror(mirror);
  }

  Mirror mirror() {
    return mirror;
  }

  MasterFixture master() {
    return mirror.master();
  }

  /** Settles, and tells which commands were sent ever since. */
  List<String> commands() throws SQLException, InterruptedException {
    return commands(mirror);
  }

  static List<String> commands(Mirror mirror) throws SQLException, InterruptedException {
    return mirror.settle().sent().stream()
        .filter(record -> EventHeaders.operation(record.headers()) == Operation.SCHEMA)
        .map(record -> ((Struct) record.value()).getString("sql"))
        .toList();
  }

  /** How many commands could not be logged. */
  String missed() throws SQLException {
    return master().value("select missed_commands from replica.status");
  }

  /** Executes a query as one message of the protocol; the warnings that it gives. */
  static String warningsOf(Connection session, String query) throws SQLException {
    try (var statement = session.createStatement()) {
      statement.execute(query);
      var text = new StringBuilder();
      for (var warning = statement.getWarnings();
          warning != null;
          warning = warning.getNextWarning()) {
        text.append(warning).append('\n');
      }
      return text.toString();
    }
  }

  @Override
  public void close() throws SQLException {
    mirror.close();
  }
}
