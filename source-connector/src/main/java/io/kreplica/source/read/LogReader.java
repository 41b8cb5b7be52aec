package io.kreplica.source.read;

import io.kreplica.record.CheckKind;
import io.kreplica.record.KeyRange;
import io.kreplica.record.LogPosition;
import io.kreplica.source.offset.SourceOffset;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Reads the log between two positions, complete and in an order that respects every lock: the rows
 * whose transactions the target contains and the position does not, transactions by their last row,
 * rows by {@code seq}. Rows are streamed with a cursor, so that a transaction larger than memory
 * passes. One REPEATABLE READ transaction spans outlook, changes and chunk. Thread: the reader's.
 *
 * <p>The rule is PgQ's: a sequence number is drawn before commit, so that neither "above the last
 * number" nor "below the oldest running transaction" finds every row once and in time.
 */
public final class LogReader {

  private static final String OUTLOOK =
      """
      select pg_current_snapshot()::text,
             pg_current_wal_insert_lsn()::text,
             exists (select from replica.replica_log l where l.xid >= ?::xid8)
             or exists (select from replica.replica_log l where l.xid = any (?::xid8[])),
             (select array_agg(distinct c.snapshot || '/' || c.writer)
              from (select k.snapshot, k.writer
                    from replica.checkpoint k
                    where (k.writer >= ?::xid8 or k.writer = any (?::xid8[]))
                      and pg_snapshot_xmax(k.snapshot) >= ?::xid8
                    order by k.seq
                    limit 100) c),
             r.request_id, r.table_id, r.slave,
             k.request_id, k.kind, k.table_id, k.slave, k.rows_per_range, k.by_text,
             array(select e.value->>'from'
                   from jsonb_array_elements(k.ranges) with ordinality e (value, place)
                   order by e.place),
             array(select e.value->>'to'
                   from jsonb_array_elements(k.ranges) with ordinality e (value, place)
                   order by e.place)
      from (values (1)) as one_row
      left join lateral (
          select q.request_id, q.table_id, q.slave
          from replica.copy_request q
          join replica.tracked_table t using (table_id)
          join pg_class c on c.oid = t.relation
          where q.request_id > ? and q.finished_at is null and t.untracked_at is null
            and (? or q.reason = 'copy')
          order by q.request_id
          limit 1
      ) r on true
      left join lateral (
          select q.*
          from replica.check_request q
          join replica.tracked_table t using (table_id)
          join pg_class c on c.oid = t.relation
          where q.finished_at is null and t.untracked_at is null
            and q.request_id > case q.kind when 'repair' then ? when 'verify' then ? else ? end
            and (q.kind <> 'interval' or ?)
          order by array_position(array['repair', 'verify', 'interval'], q.kind), q.request_id
          limit 1
      ) k on true
      """;

  private static final String CHANGES =
      """
      with range as (
          select l.seq, l.xid, l.table_id, l.op, l.row, l.image, l.old, l.ts, l.ctid,
                 -- Few bytes are few, compressed or not; many are many. Between, their text tells.
                 case when pg_column_size(l.row) < 200 and l.image is null and l.old is null then 0
                      when coalesce(pg_column_size(l.row), 0) + coalesce(pg_column_size(l.image), 0)
                          + coalesce(pg_column_size(l.old), 0) <= ?
                      then coalesce(octet_length(l.row::text), 0)
                          + coalesce(octet_length(l.image), 0)
                          + coalesce(octet_length(l.old::text), 0)
                      else coalesce(pg_column_size(l.row), 0) + coalesce(pg_column_size(l.image), 0)
                          + coalesce(pg_column_size(l.old), 0)
                 end as bytes
          from replica.replica_log l
          where (l.xid >= ?::xid8 and l.xid < ?::xid8 or l.xid = any (?::xid8[]))
            and pg_visible_in_snapshot(l.xid, ?::pg_snapshot)
      )
      select l.seq, l.xid::text::bigint, t.tx, l.table_id, l.op,
             case when l.bytes <= ? then l.row end,
             case when l.bytes <= ? then l.image end,
             case when l.bytes <= ? then l.old end,
             (extract(epoch from l.ts) * 1000000)::bigint,
             case when l.bytes > ? then l.ctid::text end,
             l.bytes,
             l.image is not null
      from range l
      join (select r.xid, max(r.seq) as tx from range r group by r.xid) t using (xid)
      order by t.tx, l.seq
      offset ?
      """;

  /** So many bytes of rows are fetched at a time, if each is as large as may come with others. */
  private static final int FETCH_BYTES = 32 << 20;

  private final Connection connection;
  private final StoredRows storedRows;
  private final int fetchRows;
  private final boolean copiesTrackedTables;

  /** Rows up to this size come with others; larger ones one by one. */
  private final int smallBytes;

  /** So much of a record may be the row before the change. */
  private final int oldBytes;

  /** Rows up to this size are held whole; larger ones never. */
  private final int largeBytes;

  /**
   * Prepares a session of its own for reading.
   *
   * @param fetchRows rows fetched at a time
   * @param recordBytes what a record may take; a row much larger than that is never held whole
   * @param copiesTrackedTables whether tables are copied because they were tracked, not only on
   *     request
   */
  public LogReader(
      Connection connection, int fetchRows, int recordBytes, boolean copiesTrackedTables)
      throws SQLException {
    this.connection = connection;
    this.storedRows = new StoredRows(connection);
    this.fetchRows = fetchRows;
    this.largeBytes = 2 * recordBytes;
    this.oldBytes = recordBytes / 4;
    this.smallBytes = Math.min(FETCH_BYTES / fetchRows, oldBytes);
    this.copiesTrackedTables = copiesTrackedTables;
    try (var statement = connection.createStatement()) {
      // The log's size changes faster than its statistics; its index is always right.
      statement.execute("set enable_seqscan = off");
      statement.execute("set work_mem = '64MB'");
      statement.execute("set jit = off");
    }
    connection.setAutoCommit(false);
    connection.setReadOnly(true);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
  }

  /**
   * Looks at the master; begins a transaction that lasts until {@link #end}.
   *
   * @param offset what has been sent
   * @param scanned the position up to which nothing else is to be found; checkpoints before it are
   *     left out
   * @param verifiesUnasked whether to look for verifications that nobody but the interval asked for
   */
  public Outlook look(SourceOffset offset, LogPosition scanned, boolean verifiesUnasked)
      throws SQLException {
    try (var statement = connection.prepareStatement(OUTLOOK)) {
      var from = offset.position();
      statement.setString(1, Long.toString(from.xmax()));
      statement.setString(2, array(from.inProgress()));
      statement.setString(3, Long.toString(from.xmax()));
      statement.setString(4, array(from.inProgress()));
      statement.setString(5, Long.toString(scanned.xmax()));
      statement.setLong(6, offset.copied());
      statement.setBoolean(7, copiesTrackedTables);
      statement.setLong(8, offset.checks().of(CheckKind.REPAIR).answered());
      statement.setLong(9, offset.checks().of(CheckKind.VERIFY).answered());
      statement.setLong(10, offset.checks().of(CheckKind.INTERVAL).answered());
      statement.setBoolean(11, verifiesUnasked);
      try (var row = statement.executeQuery()) {
        row.next();
        return new Outlook(
            LogPosition.parse(row.getString(1)),
            row.getBoolean(3),
            checkpoints(row),
            pendingCopy(row, offset),
            pendingCheck(row, offset),
            row.getString(2));
      }
    }
  }

  private static List<LogPosition> checkpoints(ResultSet row) throws SQLException {
    var positions = new ArrayList<LogPosition>();
    var array = row.getArray(4);
    if (array != null) {
      for (var text : (String[]) array.getArray()) {
        var slash = text.indexOf('/');
        positions.add(
            LogPosition.parse(text.substring(0, slash))
                .withInProgress(Long.parseLong(text, slash + 1, text.length(), 10)));
      }
    }
    return positions;
  }

  private static Optional<CopyRequest> pendingCopy(ResultSet row, SourceOffset offset)
      throws SQLException {
    var id = row.getLong(5);
    if (row.wasNull()) {
      return Optional.empty();
    }
    return Optional.of(
        new CopyRequest(
            id,
            row.getInt(6),
            Optional.ofNullable(row.getString(7)),
            offset
                .copying()
                .filter(copying -> copying.request() == id)
                .map(SourceOffset.Copying::key)));
  }

  private static Optional<CheckRequest> pendingCheck(ResultSet row, SourceOffset offset)
      throws SQLException {
    var id = row.getLong(8);
    if (row.wasNull()) {
      return Optional.empty();
    }
    var kind = CheckKind.of(row.getString(9));
    return Optional.of(
        new CheckRequest(
            id,
            kind,
            row.getInt(10),
            Optional.ofNullable(row.getString(11)),
            ranges(row),
            row.getInt(12),
            row.getBoolean(13),
            offset.checks().of(kind).of(id)));
  }

  private static List<KeyRange> ranges(ResultSet row) throws SQLException {
    var from = (String[]) row.getArray(14).getArray();
    var to = (String[]) row.getArray(15).getArray();
    var ranges = new ArrayList<KeyRange>();
    for (var i = 0; i < from.length; i++) {
      ranges.add(new KeyRange(Optional.ofNullable(from[i]), Optional.ofNullable(to[i])));
    }
    return ranges.isEmpty() ? List.of(KeyRange.WHOLE) : ranges;
  }

  /** Opens the batch's changes, behind those that a predecessor has sent. */
  public Cursor<LogEntry> changes(Batch batch) throws SQLException {
    var statement = connection.prepareStatement(CHANGES);
    statement.setFetchSize(fetchRows);
    statement.setInt(1, largeBytes);
    statement.setString(2, Long.toString(batch.from().xmax()));
    statement.setString(3, Long.toString(batch.to().xmax()));
    statement.setString(4, array(batch.from().inProgress()));
    statement.setString(5, batch.to().toString());
    statement.setInt(6, smallBytes);
    statement.setInt(7, smallBytes);
    statement.setInt(8, smallBytes);
    statement.setInt(9, smallBytes);
    statement.setLong(10, batch.sentRank());
    return new Cursor<>(statement, this::entry);
  }

  private LogEntry entry(ResultSet row) throws SQLException {
    var ctid = row.getString(10);
    var stored =
        ctid == null ? null : new StoredRow.InLog(ctid, row.getLong(11), row.getBoolean(12));
    var held = held(row.getString(6), row.getString(7), stored);
    return new LogEntry(
        row.getLong(1),
        row.getLong(2),
        row.getLong(3),
        row.getInt(4),
        row.getString(5),
        held.row(),
        held.image(),
        stored == null ? row.getString(8) : storedRows.old(stored, oldBytes),
        row.getLong(9),
        held.row() == null ? stored : null);
  }

  /** A row that came with others, or is fetched alone; without texts if it is too large. */
  private RowText held(String row, String image, StoredRow stored) throws SQLException {
    return stored == null || stored.bytes() > largeBytes
        ? new RowText(row, image)
        : storedRows.whole(stored, largeBytes);
  }

  /** Opens the next chunk of a copy, in the snapshot of the batch. */
  public Cursor<CopiedRow> chunk(CopyRequest copy, int rows) throws SQLException {
    var statement =
        connection.prepareStatement(
            "select c.row, c.image, c.key, c.bytes, c.exact"
                + " from replica.read_chunk(?, ?::json, ?, ?) c");
    statement.setFetchSize(fetchRows);
    statement.setInt(1, copy.tableId());
    statement.setString(2, copy.afterKey().orElse(null));
    statement.setInt(3, rows);
    statement.setInt(4, smallBytes);
    return new Cursor<>(statement, row -> copied(row, copy.tableId()));
  }

  /** Opens the rows of a piece that is to be repaired, in the snapshot of the batch. */
  public Cursor<CopiedRow> rows(CheckRequest request, RangePiece piece) throws SQLException {
    var statement =
        connection.prepareStatement(
            "select c.row, c.image, c.key, c.bytes, c.exact"
                + " from replica.read_rows(?, ?::jsonb, ?::jsonb, ?, ?) c");
    statement.setFetchSize(fetchRows);
    statement.setInt(1, request.tableId());
    statement.setString(2, piece.range().from().orElse(null));
    statement.setString(3, piece.range().to().orElse(null));
    statement.setBoolean(4, piece.layout().byText());
    statement.setInt(5, smallBytes);
    return new Cursor<>(statement, row -> copied(row, request.tableId()));
  }

  private CopiedRow copied(ResultSet row, int tableId) throws SQLException {
    var key = row.getString(3);
    var stored =
        key == null ? null : new StoredRow.InTable(tableId, key, row.getLong(4), row.getBoolean(5));
    var held = held(row.getString(1), row.getString(2), stored);
    return new CopiedRow(held.row(), held.image(), held.row() == null ? stored : null);
  }

  /** Reads pieces of ranges of keys, in the same transaction. */
  public RangeReader ranges() {
    return new RangeReader(connection, largeBytes / 4);
  }

  /** Reads rows that are too large to be held, in the same transaction. */
  public StoredRows storedRows() {
    return storedRows;
  }

  /** Ends the transaction. */
  public void end() throws SQLException {
    connection.rollback();
  }

  private static String array(long[] xids) {
    return Arrays.stream(xids).mapToObj(Long::toString).collect(Collectors.joining(",", "{", "}"));
  }
}
