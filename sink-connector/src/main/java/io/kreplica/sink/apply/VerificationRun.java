package io.kreplica.sink.apply;

import io.kreplica.record.RangeDigest;
import io.kreplica.sink.change.Change;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * How the verification of a table goes, as {@code replica.verification_run} keeps it within the
 * transactions that compare. Immutable.
 *
 * @param isNew whether its first range is to be counted now
 * @param reached the key with which the last range ended; JSON null at the table's end
 * @param gapless whether each range began where the one before had ended
 * @param ranges how many were compared
 * @param rows how many rows the master had in them
 * @param differing how many differed, or still do behind a repair
 * @param repaired how many a repair has made equal
 * @param notCompared why some were not compared
 * @param coversAsked whether with the last one the range that was asked for was compared whole
 * @param isGood whether with the last one the whole table was found equal
 */
record VerificationRun(
    boolean isNew,
    String reached,
    boolean gapless,
    long ranges,
    long rows,
    long differing,
    long repaired,
    Optional<String> notCompared,
    boolean coversAsked,
    boolean isGood) {

  private static final String JSON_NULL = "null";

  private static final VerificationRun NONE =
      new VerificationRun(true, "", false, 0, 0, 0, 0, Optional.empty(), false, false);

  /** How far the request of a verification had come, or one before it. */
  static VerificationRun read(Connection connection, String log, Change.Verification verification)
      throws SQLException {
    try (var select =
        connection.prepareStatement(
            "select reached::text, gapless, ranges, rows, differing, repaired,"
                + " not_compared from replica.verification_run"
                + " where log_id = ? and source_table = ? and kind = ? and request = ?")) {
      select.setString(1, log);
      select.setString(2, verification.table().toString());
      select.setString(3, verification.digest().kind().text());
      select.setLong(4, verification.request());
      try (var row = select.executeQuery()) {
        return row.next()
            ? new VerificationRun(
                false,
                row.getString(1),
                row.getBoolean(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                Optional.ofNullable(row.getString(7)),
                false,
                false)
            : NONE;
      }
    }
  }

  /** The same behind one more range. A source that starts again may begin anew. */
  VerificationRun behind(
      RangeDigest digest, boolean differs, boolean isRepaired, Optional<String> why) {
    var starts = digest.piece().from().equals(digest.asked().from());
    var base = isNew || (starts && digest.isOfWholeTable()) ? NONE : this;
    var goesOn =
        starts || (base.gapless && digest.piece().from().map(base.reached::equals).orElse(false));
    var allDiffering = base.differing + (differs ? 1 : 0);
    var whyNot = base.notCompared.or(() -> why);
    var covers = goesOn && digest.endsAsked() && whyNot.isEmpty();
    return new VerificationRun(
        base.isNew,
        digest.piece().to().orElse(JSON_NULL),
        goesOn,
        base.ranges + 1,
        base.rows + digest.rows(),
        allDiffering,
        base.repaired + (isRepaired ? 1 : 0),
        whyNot,
        covers,
        covers && digest.isOfWholeTable() && allDiffering == 0);
  }

  /** Writes it. */
  void write(Connection connection, String log, String slave, Change.Verification verification)
      throws SQLException {
    try (var insert =
        connection.prepareStatement(
            "insert into replica.verification_run as r (log_id, source_table, kind, request, slave,"
                + " ended_at, reached, gapless, ranges, rows, differing, repaired, not_compared,"
                + " good_at, good_snapshot)"
                + " values (?, ?, ?, ?, ?, case when ? then clock_timestamp() end, ?::jsonb, ?, ?, ?,"
                + " ?, ?, ?, case when ? then clock_timestamp() end, ?::pg_snapshot)"
                + " on conflict (log_id, source_table, kind) do update set"
                + " request = excluded.request, slave = excluded.slave,"
                + " began_at = case when ? then excluded.began_at else r.began_at end,"
                + " ended_at = excluded.ended_at, reached = excluded.reached,"
                + " gapless = excluded.gapless, ranges = excluded.ranges, rows = excluded.rows,"
                + " differing = excluded.differing, repaired = excluded.repaired,"
                + " not_compared = excluded.not_compared,"
                + " good_at = coalesce(excluded.good_at, r.good_at),"
                + " good_snapshot = coalesce(excluded.good_snapshot, r.good_snapshot)")) {
      insert.setString(1, log);
      insert.setString(2, verification.table().toString());
      insert.setString(3, verification.digest().kind().text());
      insert.setLong(4, verification.request());
      insert.setString(5, slave);
      insert.setBoolean(6, verification.digest().ends());
      insert.setString(7, reached);
      insert.setBoolean(8, gapless);
      insert.setLong(9, ranges);
      insert.setLong(10, rows);
      insert.setLong(11, differing);
      insert.setLong(12, repaired);
      insert.setString(13, notCompared.orElse(null));
      insert.setBoolean(14, isGood);
      insert.setString(15, isGood ? verification.position().toString() : null);
      insert.setBoolean(16, isNew);
      insert.executeUpdate();
    }
  }
}
