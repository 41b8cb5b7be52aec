package io.kreplica.source.read;

import io.kreplica.postgres.ServerMessage;
import io.kreplica.postgres.SqlStates;
import io.kreplica.record.KeyRange;
import io.kreplica.record.RangeDigest;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads pieces of ranges of tracked tables' keys, in the snapshot of the batch that carries them.
 * What cannot be read is said to the slaves and in the log, and hinders nothing else. Thread: the
 * reader's.
 */
public final class RangeReader {

  private static final Logger LOG = LoggerFactory.getLogger(RangeReader.class);

  /** A piece ends behind about so many bytes of rows. */
  private static final long LARGEST_PIECE = 64L << 20;

  /** The same of one whose rows are sent: a slave holds them until they are all there. */
  private static final long LARGEST_REPAIR = 4L << 20;

  private final Connection connection;
  private final long keyBytes;

  /**
   * Works in the transaction of a session.
   *
   * @param keyBytes a piece ends behind about so many bytes of keys
   */
  RangeReader(Connection connection, long keyBytes) {
    this.connection = connection;
    this.keyBytes = keyBytes;
  }

  /**
   * The next piece of a request.
   *
   * @param leftOut columns that need not be the same
   * @throws SQLException in an outage
   */
  public RangePiece next(CheckRequest request, List<String> leftOut) throws SQLException {
    var savepoint = connection.setSavepoint();
    try {
      var piece = read(request, leftOut);
      connection.releaseSavepoint(savepoint);
      return piece;
    } catch (SQLException e) {
      if (SqlStates.isOutage(e)) {
        throw e;
      }
      connection.rollback(savepoint);
      LOG.warn(
          "Cannot read the keys of table_id {} {} for {} {}: {}",
          request.tableId(),
          request.rest(),
          request.kind().text(),
          request.id(),
          ServerMessage.describe(e));
      return RangePiece.unreadable(request.rest(), trouble(e));
    }
  }

  /** In short: the slave keeps it, and its operator need not see the master's names. */
  private static String trouble(SQLException e) {
    return "the master could not read it (SQLSTATE "
        + e.getSQLState()
        + "); the log of the source's worker says why";
  }

  private RangePiece read(CheckRequest request, List<String> leftOut) throws SQLException {
    var rest = request.rest();
    try (var statement =
        connection.prepareStatement(
            "select r.end_key::text, r.is_last, r.rows, r.digest, r.columns, r.types, r.keys,"
                + " r.key_order, r.is_by_text"
                + " from replica.read_range(?, ?::jsonb, ?::jsonb, ?, ?, ?, ?, ?) r")) {
      statement.setInt(1, request.tableId());
      statement.setString(2, rest.from().orElse(null));
      statement.setString(3, rest.to().orElse(null));
      statement.setInt(4, request.rowsPerRange());
      statement.setLong(5, request.isRepair() ? LARGEST_REPAIR : LARGEST_PIECE);
      statement.setLong(6, keyBytes);
      statement.setBoolean(7, request.byText());
      statement.setArray(8, connection.createArrayOf("text", leftOut.toArray()));
      try (var row = statement.executeQuery()) {
        row.next();
        return piece(row, rest);
      }
    }
  }

  private static RangePiece piece(ResultSet row, KeyRange rest) throws SQLException {
    var byText = row.getBoolean(9);
    return new RangePiece(
        new KeyRange(rest.from(), Optional.ofNullable(row.getString(1))),
        row.getBoolean(2),
        row.getLong(3),
        row.getString(4),
        new RangeDigest.Layout(
            RangeDigest.FORM,
            texts(row.getArray(5)),
            texts(row.getArray(6)),
            texts(row.getArray(7)),
            byText ? List.of() : texts(row.getArray(8)),
            byText),
        Optional.empty());
  }

  private static List<String> texts(Array array) throws SQLException {
    return array == null ? List.of() : List.of((String[]) array.getArray());
  }
}
