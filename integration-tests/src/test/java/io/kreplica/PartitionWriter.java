package io.kreplica;

import io.kreplica.stack.PostgresServer;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/**
 * An application that writes to a partition of a table called ranged first and to its root then,
 * while scripts lock the root before its partitions. On a thread of its own.
 */
final class PartitionWriter implements AutoCloseable {

  private final PostgresServer server;
  private final String database;
  private CompletableFuture<Void> work = CompletableFuture.completedFuture(null);
  private volatile boolean isStopped;

  private PartitionWriter(PostgresServer server, String database) {
    this.server = server;
    this.database = database;
  }

  static PartitionWriter start(PostgresServer server, String database) {
    var writer = new PartitionWriter(server, database);
    writer.work = CompletableFuture.runAsync(writer::write);
    return writer;
  }

  private void write() {
    try (var session = server.connect(database);
        var statement = session.createStatement()) {
      session.setAutoCommit(false);
      while (!isStopped) {
        statement.execute("delete from ranged_leaf where id = 100");
        statement.execute("insert into ranged_leaf values (100, 'a')");
        statement.execute("insert into ranged values (50, 'a') on conflict do nothing");
        statement.execute("update ranged set id = 200 - id where id in (50, 150)");
        statement.execute("delete from ranged where id = 150");
        session.commit();
      }
    } catch (SQLException e) {
      throw new IllegalStateException("A statement of an application failed", e);
    }
  }

  /** Lets it finish its transaction; throws what made one of its statements fail. */
  void stop() {
    isStopped = true;
    work.join();
  }

  @Override
  public void close() {
    isStopped = true;
  }
}
