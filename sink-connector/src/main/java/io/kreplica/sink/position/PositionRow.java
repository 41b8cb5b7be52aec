package io.kreplica.sink.position;

import io.kreplica.record.LogPosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/**
 * One task's hold on its row of {@code replica.replica_position}. The row exists once something has
 * been applied. A task {@linkplain #claim claims} it when it starts, and every transaction that
 * applies something first {@linkplain #lock locks} or {@linkplain #move moves} it, and so finds out
 * whether a successor has claimed it meanwhile: then nothing is applied. Used by the task's thread
 * only.
 */
public final class PositionRow {

  private static final String COLUMNS =
      "log_id, topic, partition, sink, claim, snapshot::text, epoch, batch, kafka_offset";

  private static final String DEFER = "set constraints all deferred;";

  /** Two statements in one round trip, for a small batch makes few. */
  private static final String MOVE =
      DEFER
          + """
      update replica.replica_position
      set snapshot = ?::pg_snapshot, epoch = ?, batch = ?, kafka_offset = ?, updated_at = now()
      where log_id = ? and claim = ?::uuid and snapshot::text = ?
      """;

  private final String sink;
  private final String topic;
  private final int partition;
  private final UUID claim = UUID.randomUUID();
  private Optional<Position> position = Optional.empty();
  private boolean joining;

  /**
   * Makes a hold that is not taken yet.
   *
   * @param sink the connector's name
   * @param topic the topic that carries the log
   * @param partition its partition
   */
  public PositionRow(String sink, String topic, int partition) {
    this.sink = sink;
    this.topic = topic;
    this.partition = partition;
  }

  /** The position that is applied, as far as this task knows; empty if nothing is. */
  public Optional<Position> position() {
    return position;
  }

  /**
   * Makes the row this task's own. Waits for a predecessor's transaction.
   *
   * @throws FencedException if the row belongs to another sink connector
   */
  public void claim(Connection connection) throws SQLException {
    checkSink(read(connection, false));
    try (var update =
        connection.prepareStatement(
            "update replica.replica_position set claim = ?::uuid, claimed_at = now()"
                + " where topic = ? and partition = ? and sink = ?")) {
      bind(update, claim.toString(), topic, partition, sink);
      update.executeUpdate();
    }
    position = position(read(connection, false));
  }

  /**
   * Before leftovers of this task are ended: that no successor has started meanwhile.
   *
   * @throws FencedException if one has
   */
  public void verify(Connection connection) throws SQLException {
    checkOwn(read(connection, false));
  }

  /**
   * Reads again how far the slave is, after a connection was lost in the middle of a commit. Waits
   * for a transaction that is still at it.
   *
   * @throws FencedException if a successor has started meanwhile
   */
  public void reread(Connection connection) throws SQLException {
    var row = read(connection, true);
    checkOwn(row);
    position = position(row);
  }

  /**
   * Writes the row if there is none: the slave joins the log.
   *
   * @throws FencedException if somebody else has written it meanwhile, or this is the log's master
   */
  public void join(Connection connection, String log, LogPosition from) throws SQLException {
    if (position.isPresent()) {
      return;
    }
    refuseOwnLog(connection, log);
    try (var insert =
        connection.prepareStatement(
            "insert into replica.replica_position"
                + " (log_id, topic, partition, sink, claim, joined, snapshot)"
                + " values (?, ?, ?, ?, ?::uuid, ?::pg_snapshot, ?::pg_snapshot)"
                + " on conflict do nothing")) {
      bind(insert, log, topic, partition, sink, claim.toString(), from.toString(), from.toString());
      if (insert.executeUpdate() == 0) {
        throw explain(connection, log);
      }
    }
    position = Optional.of(new Position(log, from, 0, null, -1));
    joining = true;
  }

  private void refuseOwnLog(Connection connection, String log) throws SQLException {
    try (var select = connection.prepareStatement("select replica.is_own_log(?)")) {
      bind(select, log);
      try (var rows = select.executeQuery()) {
        if (rows.next() && rows.getBoolean(1)) {
          throw Conflicts.ownLog(topic, log);
        }
      }
    }
  }

  /** Takes back {@link #join}, whose transaction was rolled back. */
  public void unjoin() {
    if (joining) {
      position = Optional.empty();
      joining = false;
    }
  }

  /**
   * Locks the row where it should be, for a transaction whose end is not known yet, and defers all
   * constraints to it.
   *
   * @throws FencedException if a successor has it
   */
  public void lock(Connection connection) throws SQLException {
    var current = position.orElseThrow();
    try (var statement = connection.createStatement()) {
      statement.execute(DEFER);
    }
    try (var select =
        connection.prepareStatement(
            "select from replica.replica_position"
                + " where log_id = ? and claim = ?::uuid and snapshot::text = ? for update")) {
      bind(select, current.log(), claim.toString(), current.snapshot().toString());
      try (var rows = select.executeQuery()) {
        if (!rows.next()) {
          throw explain(connection, current.log());
        }
      }
    }
  }

  /**
   * Moves the row from where it should be, and defers all constraints to the end of the
   * transaction. Call {@link #moved} once it is committed.
   *
   * @throws FencedException if a successor has it
   */
  public void move(Connection connection, Position to) throws SQLException {
    var current = position.orElseThrow();
    try (var update = connection.prepareStatement(MOVE)) {
      bind(
          update,
          to.snapshot().toString(),
          to.epoch(),
          to.batch(),
          to.kafkaOffset(),
          current.log(),
          claim.toString(),
          current.snapshot().toString());
      update.execute();
      update.getMoreResults();
      if (update.getUpdateCount() == 0) {
        throw explain(connection, current.log());
      }
    }
  }

  /** The move is committed. */
  public void moved(Position to) {
    position = Optional.of(to);
    joining = false;
  }

  private static void bind(PreparedStatement statement, Object... values) throws SQLException {
    for (var i = 0; i < values.length; i++) {
      if (values[i] instanceof Long number) {
        statement.setLong(i + 1, number);
      } else if (values[i] instanceof Integer number) {
        statement.setInt(i + 1, number);
      } else {
        statement.setString(i + 1, (String) values[i]);
      }
    }
  }

  private Optional<Row> read(Connection connection, boolean lock) throws SQLException {
    try (var select =
        connection.prepareStatement(
            "select "
                + COLUMNS
                + " from replica.replica_position where topic = ? and partition = ?"
                + (lock ? " for update" : ""))) {
      bind(select, topic, partition);
      try (var rows = select.executeQuery()) {
        return rows.next() ? Optional.of(Row.of(rows)) : Optional.empty();
      }
    }
  }

  private static Optional<Position> position(Optional<Row> row) {
    return row.map(Row::position);
  }

  private void checkSink(Optional<Row> row) {
    if (row.isPresent() && !row.get().sink().equals(sink)) {
      throw Conflicts.heldByAnotherSink(topic, sink, row.get().log(), row.get().sink());
    }
  }

  private void checkOwn(Optional<Row> row) {
    checkSink(row);
    if (row.isPresent() && !row.get().claim().equals(claim.toString())) {
      throw Conflicts.succeeded(topic, sink);
    }
    if (row.isEmpty() && position.isPresent()) {
      throw Conflicts.rowDeleted(topic, position.get().log());
    }
  }

  /** Why the row is not as this task left it. */
  private SQLException explain(Connection connection, String log) throws SQLException {
    try (var select =
        connection.prepareStatement(
            "select "
                + COLUMNS
                + " from replica.replica_position"
                + " where log_id = ? or topic = ? and partition = ? order by log_id <> ?")) {
      bind(select, log, topic, partition, log);
      try (var rows = select.executeQuery()) {
        var row = rows.next() ? Optional.of(Row.of(rows)) : Optional.<Row>empty();
        checkSink(row);
        if (row.isPresent() && !row.get().topic().equals(topic)) {
          throw Conflicts.onAnotherTopic(topic, row.get().log(), row.get().topic());
        }
        checkOwn(row);
      }
    }
    // It is ours, but elsewhere: a commit whose answer was lost has come through.
    return new SQLException("The position was moved by a commit whose answer was lost", "40001");
  }

  /** The row as it stands. */
  private record Row(String topic, String sink, String claim, Position position) {

    String log() {
      return position.log();
    }

    static Row of(ResultSet rows) throws SQLException {
      var offset = rows.getObject("kafka_offset", Long.class);
      return new Row(
          rows.getString("topic"),
          rows.getString("sink"),
          rows.getString("claim"),
          new Position(
              rows.getString("log_id"),
              LogPosition.parse(rows.getString("snapshot")),
              rows.getLong("epoch"),
              rows.getString("batch"),
              offset == null ? -1 : offset));
    }
  }
}
