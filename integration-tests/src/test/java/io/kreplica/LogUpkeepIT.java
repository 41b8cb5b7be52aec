package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.stack.PostgresVersion;
import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The log is pruned whoever is behind or looks at it, and nobody waits for that. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class LogUpkeepIT {

  private final PostgresVersion version;

  LogUpkeepIT(PostgresVersion version) {
    this.version = version;
  }

  @Test
  void aDumpOfTheMasterHoldsUpNeitherReadingNorPruning() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.onBoth("create table t (id int primary key)").track("t").settle();
      try (var dump = mirror.master().connect();
          var statement = dump.createStatement()) {
        dump.setAutoCommit(false);
        dump.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        // What pg_dump does first.
        statement.execute("lock table replica.replica_log, t in access share mode");
        statement.execute("select count(*) from replica.replica_log");
        mirror.master().execute("insert into t select generate_series(1, 100)");
        mirror.settle().assertEqual();
        awaitPruned(mirror);
        dump.rollback();
      }
    }
  }

  @Test
  void aSlaveThatIsBehindKeepsNothingInTheLog() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.onBoth("create table t (id int primary key)").track("t").settle().pauseSink(0);
      mirror.master().execute("insert into t select generate_series(1, 100)");
      mirror.settle();
      awaitPruned(mirror);

      mirror.restartSink(0).settle().assertEqual();
    }
  }

  @Test
  void whatTheMastersClockSaysDecidesNothing() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.onBoth("create table t (id int primary key, v text)").track("t").settle();
      var last = "";
      for (var year : new String[] {"2099", "1999", "9999", "1970"}) {
        mirror
            .master()
            .execute(
                "alter table replica.replica_log alter ts set default '" + year + "-01-01'",
                "insert into t values (1, '"
                    + year
                    + "')"
                    + " on conflict (id) do update set v = excluded.v",
                "update replica.log_state set confirmed_at = confirmed_at + interval '5 years'");
        last = year;
        mirror.settle().assertEqual();
      }
      assertThat(mirror.slave().rows("select v from t")).containsExactly(last);
      awaitPruned(mirror);
    }
  }

  private static void awaitPruned(Mirror mirror) throws Exception {
    for (var polls = 0; polls < 100; polls++) {
      if (mirror.master().value("select count(*) from replica.replica_log").equals("0")) {
        return;
      }
      mirror.pump();
    }
    assertThat(mirror.master().value("select count(*) from replica.replica_log")).isEqualTo("0");
  }
}
