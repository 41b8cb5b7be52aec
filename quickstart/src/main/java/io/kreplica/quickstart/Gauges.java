package io.kreplica.quickstart;

import io.kreplica.load.ConnectionSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;

/** Reads how the replication stands, as an operator would: by a query on either side. */
final class Gauges implements AutoCloseable {

  private static final String NEWEST =
      "select at from public.history order by history_id desc limit 1";

  private static final String STATUS = "select backlog_rows, pending_copies from replica.status";

  private final Connection master;
  private final Connection slave;

  Gauges(ConnectionSource master, ConnectionSource slave) throws SQLException {
    this.master = master.open();
    this.slave = slave.open();
  }

  /**
   * One look.
   *
   * @param lag how much older the newest payment on the slave is than that on the master
   * @param backlog changes that the master has logged and Kafka has not confirmed yet
   * @param copies tables whose initial copy is not through
   */
  record Reading(Duration lag, long backlog, long copies) {}

  Reading read() throws SQLException {
    var lag = lag();
    try (var statement = master.createStatement();
        var result = statement.executeQuery(STATUS)) {
      result.next();
      return new Reading(lag, result.getLong(1), result.getLong(2));
    }
  }

  private Duration lag() throws SQLException {
    // The slave first: what it shows the master has shown before.
    var applied = newest(slave);
    var written = newest(master);
    return applied == null || written == null || applied.isAfter(written)
        ? Duration.ZERO
        : Duration.between(applied, written);
  }

  private static OffsetDateTime newest(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var result = statement.executeQuery(NEWEST)) {
      return result.next() ? result.getObject(1, OffsetDateTime.class) : null;
    }
  }

  @Override
  public void close() throws SQLException {
    master.close();
    slave.close();
  }
}
