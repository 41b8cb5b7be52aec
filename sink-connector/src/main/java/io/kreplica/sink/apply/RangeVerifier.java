package io.kreplica.sink.apply;

import io.kreplica.record.RangeDigest;
import io.kreplica.sink.change.Change;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * Compares ranges of the slave's tables with what the master had in them, right behind the changes
 * that lead to the same state and within the transaction that applies them: what differs, differs.
 * What cannot be compared, or fails, is noted and holds up nothing. Used by the task's thread only.
 */
final class RangeVerifier {

  private final String slave;
  private final TableMap map;
  private final CopyLedger ledger;
  private final Findings findings;

  /**
   * Makes a verifier.
   *
   * @param slave the slave's name
   */
  RangeVerifier(String slave, TableMap map, CopyLedger ledger, Clock clock) {
    this.slave = slave;
    this.map = map;
    this.ledger = ledger;
    this.findings = new Findings(map, clock);
  }

  /** What the slave has in a range, or why that cannot be compared. */
  private record Outcome(long rows, String digest, Optional<String> notCompared) {

    static Outcome notCompared(String why) {
      return new Outcome(0, "0", Optional.of(why));
    }

    boolean differsFrom(RangeDigest master) {
      return notCompared.isEmpty() && (rows != master.rows() || !digest.equals(master.digest()));
    }
  }

  /**
   * Compares a range and notes what was found.
   *
   * @throws SQLException in an outage
   */
  void verify(Connection connection, String log, Change.Verification verification)
      throws SQLException {
    ledger.meet(connection, log, verification.table());
    var outcome = compare(connection, verification);
    var differs = outcome.differsFrom(verification.digest());
    var before = VerificationRun.read(connection, log, verification);
    var run = before.behind(verification.digest(), differs, outcome.notCompared());
    run.write(connection, log, slave, verification);
    if (outcome.notCompared().isPresent()) {
      findings.notCompared(verification.table(), outcome.notCompared().get());
    } else if (differs) {
      DifferingRange.note(connection, log, verification, outcome.rows(), outcome.digest());
      findings.differs(verification, outcome.rows());
    } else {
      DifferingRange.forget(connection, log, verification.table(), verification.digest().piece());
    }
    if (run.coversAsked()) {
      DifferingRange.forgetOlder(connection, log, verification);
    }
    if (verification.digest().ends()) {
      findings.ended(verification.table(), run);
    }
  }

  private Outcome compare(Connection connection, Change.Verification verification)
      throws SQLException {
    var digest = verification.digest();
    if (digest.trouble().isPresent()) {
      return Outcome.notCompared(digest.trouble().get());
    }
    if (digest.layout().form() != RangeDigest.FORM) {
      return Outcome.notCompared(
          "its digest is of form "
              + digest.layout().form()
              + ", and this sink computes form "
              + RangeDigest.FORM
              + ": run the same release on both sides");
    }
    if (!ledger.isComplete(verification.table())) {
      return Outcome.notCompared("its copy is not complete");
    }
    var savepoint = connection.setSavepoint();
    try {
      var outcome = compute(connection, verification);
      connection.releaseSavepoint(savepoint);
      return outcome;
    } catch (SQLException e) {
      if (Outages.isOutage(e)) {
        throw e;
      }
      connection.rollback(savepoint);
      connection.releaseSavepoint(savepoint);
      return Outcome.notCompared("computing it failed: " + Refusals.describe(e));
    }
  }

  private Outcome compute(Connection connection, Change.Verification verification)
      throws SQLException {
    var target = map.target(verification.table());
    var layout = verification.digest().layout();
    try (var select =
        connection.prepareStatement(
            "select c.oid is null, replica.incomparable(c.oid, ?, ?, ?, ?, ?)"
                + " from (select to_regclass(?) as oid) as c")) {
      select.setArray(1, texts(connection, layout.keys()));
      select.setArray(2, texts(connection, layout.keyOrder()));
      select.setBoolean(3, layout.byText());
      select.setArray(4, texts(connection, layout.columns()));
      select.setArray(5, texts(connection, layout.types()));
      select.setString(6, target.toSql());
      try (var row = select.executeQuery()) {
        row.next();
        if (row.getBoolean(1)) {
          return Outcome.notCompared("the slave has no table " + target);
        }
        if (row.getString(2) != null) {
          return Outcome.notCompared(row.getString(2));
        }
      }
    }
    return digest(connection, target.toSql(), verification.digest());
  }

  private static Outcome digest(Connection connection, String target, RangeDigest master)
      throws SQLException {
    var layout = master.layout();
    try (var select =
        connection.prepareStatement(
            "select d.rows, d.digest"
                + " from replica.digest_range(?::regclass, ?, ?, ?, ?::jsonb, ?::jsonb) as d")) {
      select.setString(1, target);
      select.setArray(2, texts(connection, layout.keys()));
      select.setArray(3, texts(connection, layout.columns()));
      select.setBoolean(4, layout.byText());
      select.setString(5, master.piece().from().orElse(null));
      select.setString(6, master.piece().to().orElse(null));
      try (var row = select.executeQuery()) {
        row.next();
        return new Outcome(row.getLong(1), row.getString(2), Optional.empty());
      }
    }
  }

  private static Array texts(Connection connection, List<String> texts) throws SQLException {
    return connection.createArrayOf("text", texts.toArray());
  }

  /** What was found is committed: it may be said. */
  void committed() {
    findings.committed();
  }

  /** What was found is undone. */
  void rolledBack() {
    findings.rolledBack();
  }
}
