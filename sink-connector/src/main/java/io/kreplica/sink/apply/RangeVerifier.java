package io.kreplica.sink.apply;

import io.kreplica.record.CheckKind;
import io.kreplica.record.RangeDigest;
import io.kreplica.sink.change.Change;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Compares ranges of the slave's tables with what the master had in them, right behind the changes
 * that lead to the same state and within the transaction that applies them: what differs, differs,
 * and is repaired where the master sent its rows. What cannot be compared, or fails, is noted and
 * holds up nothing. Used by the task's thread only.
 */
final class RangeVerifier {

  private final String slave;
  private final TableMap map;
  private final CopyLedger ledger;
  private final Findings findings;
  private final AlteredTables altered;
  private final RangeRepair repair = new RangeRepair();
  private boolean isToCount;

  /**
   * Makes a verifier.
   *
   * @param slave the slave's name
   */
  RangeVerifier(String slave, TableMap map, CopyLedger ledger, Totals totals, Clock clock) {
    this.slave = slave;
    this.map = map;
    this.ledger = ledger;
    this.findings = new Findings(map, totals, clock);
    this.altered = new AlteredTables(findings);
  }

  /** Something that the slave may refuse. */
  @FunctionalInterface
  private interface Step {
    Outcome run() throws SQLException;
  }

  /** What the slave has in a range, or why that cannot be compared. */
  private record Outcome(long rows, String digest, Optional<String> notCompared) {

    static Outcome notCompared(String why) {
      return new Outcome(0, "0", Optional.of(why));
    }

    boolean isAs(RangeDigest master) {
      return notCompared.isEmpty() && rows == master.rows() && digest.equals(master.digest());
    }

    boolean differsFrom(RangeDigest master) {
      return notCompared.isEmpty() && !isAs(master);
    }
  }

  /** Of which tables not the same comes as the master has. */
  AlteredTables altered() {
    return altered;
  }

  /** The rows of the range that is repaired next. */
  RangeRepair repair() {
    return repair;
  }

  /**
   * Compares a range, repairs it if its rows came, and notes what was found.
   *
   * @param writer writes rows of a repair
   * @throws SQLException in an outage
   */
  void verify(
      Connection connection,
      String log,
      Change.Verification verification,
      RangeRepair.RowWriter writer)
      throws SQLException {
    ledger.meet(connection, log, verification.table());
    var digest = verification.digest();
    var found = compare(connection, log, verification);
    var outcome = found;
    if (digest.kind() == CheckKind.REPAIR && found.differsFrom(digest)) {
      outcome = repair(connection, verification, writer);
    }
    repair.clear();
    note(connection, log, verification, found, outcome);
  }

  private void note(
      Connection connection,
      String log,
      Change.Verification verification,
      Outcome found,
      Outcome outcome)
      throws SQLException {
    var digest = verification.digest();
    var differs = outcome.differsFrom(digest);
    var isRepaired = found.differsFrom(digest) && outcome.isAs(digest);
    var run =
        VerificationRun.read(connection, log, verification)
            .behind(digest, differs, isRepaired, outcome.notCompared());
    run.write(connection, log, slave, verification);
    isToCount = true;
    if (outcome.notCompared().isPresent()) {
      findings.notCompared(verification.table(), outcome.notCompared().get());
    } else if (differs) {
      DifferingRange.note(connection, log, verification, outcome.rows(), outcome.digest());
      findings.differs(verification, outcome.rows());
    } else {
      DifferingRange.forget(connection, log, verification.table(), digest.piece());
      findings.isEqual(isRepaired);
    }
    if (run.coversAsked()) {
      DifferingRange.forgetOlder(connection, log, verification);
    }
    if (digest.ends()) {
      findings.ended(verification.table(), run);
    }
  }

  /** Repairs a range and compares it again; if its rows are refused, it stays as it was. */
  private Outcome repair(
      Connection connection, Change.Verification verification, RangeRepair.RowWriter writer)
      throws SQLException {
    var digest = verification.digest();
    var came = repair.gathered(verification.origin().batch());
    if (came != digest.rows()) {
      return Outcome.notCompared("of " + digest.rows() + " rows of a range to repair came " + came);
    }
    return attempt(
        connection,
        "the rows of a range could not be repaired: ",
        () -> {
          repair.apply(connection, map.target(verification.table()).toSql(), digest, writer);
          return compute(connection, verification);
        });
  }

  private Outcome compare(Connection connection, String log, Change.Verification verification)
      throws SQLException {
    var digest = verification.digest();
    var alteration = altered.why(connection, log, verification.table());
    if (alteration.isPresent()) {
      return Outcome.notCompared("its " + alteration.get());
    }
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
    return attempt(connection, "computing it failed: ", () -> compute(connection, verification));
  }

  /** What a step comes to; if the slave refuses it, it is undone. */
  private static Outcome attempt(Connection connection, String refusal, Step step)
      throws SQLException {
    var savepoint = connection.setSavepoint();
    try {
      var outcome = step.run();
      connection.releaseSavepoint(savepoint);
      return outcome;
    } catch (SQLException | ConnectException e) {
      if (e instanceof SQLException outage && Outages.isOutage(outage)) {
        throw outage;
      }
      connection.rollback(savepoint);
      connection.releaseSavepoint(savepoint);
      var why = e instanceof SQLException refused ? Refusals.describe(refused) : e.getMessage();
      return Outcome.notCompared(refusal + why);
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

  /** Writes what the transaction has found out, before it commits. */
  void write(Connection connection, String log) throws SQLException {
    isToCount |= altered.write(connection, log);
    if (isToCount) {
      findings.differNow(DifferingRange.count(connection, log));
      isToCount = false;
    }
  }

  /** What was found is committed: it may be said. */
  void committed() {
    findings.committed();
  }

  /** What was found is undone. */
  void rolledBack() {
    altered.rolledBack();
    isToCount = false;
    repair.clear();
    findings.rolledBack();
  }
}
