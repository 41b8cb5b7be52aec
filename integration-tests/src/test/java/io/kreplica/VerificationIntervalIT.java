package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.stack.PostgresVersion;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tables that are verified by themselves, again and again, because the source is told how often.
 */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class VerificationIntervalIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final PostgresVersion version;

  VerificationIntervalIT(PostgresVersion version) {
    this.version = version;
  }

  private static void await(Mirror mirror, String condition) throws Exception {
    var deadline = Instant.now().plus(PATIENCE);
    while (!mirror.slave().rows("select " + condition).get(0).equals("t")) {
      assertThat(Instant.now()).as(condition).isBefore(deadline);
      mirror.pump();
      mirror.applyAll();
    }
  }

  @Test
  void allTablesAreVerifiedAgainAndAgainAndOthersRequestsGoBefore() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror
          .source("verify.interval.ms", "100")
          .onBoth("create table t (id int primary key)", "create table u (id int primary key)")
          .master()
          .execute("insert into t select generate_series(1, 30)", "insert into u values (1)");
      mirror.track("t", "u");
      await(
          mirror,
          "(select count(*) = 2 and bool_and(verdict = 'equal') from replica.verification)");

      mirror.slave().execute("delete from t where id = 7", "insert into u values (2)");
      await(mirror, "(select bool_and(verdict = 'differs') from replica.verification)");
      for (var command : mirror.slave().rows("select to_repair from replica.verification")) {
        mirror.master().execute(command);
      }
      await(
          mirror,
          "(select bool_and(verdict = 'equal' and not is_under_way) from replica.verification)");
      mirror.assertEqual();
      assertThat(mirror.slave().rows("select distinct kind from replica.verification_run"))
          .containsExactlyInAnyOrder("interval", "repair");
      assertThat(
              mirror
                  .master()
                  .rows(
                      "select count(*) <= 2 from replica.check_request"
                          + " where kind = 'interval'"))
          .as("requests that are answered do not pile up")
          .containsExactly("t");
    }
  }

  @Test
  void whatAnEarlierSettingHasAskedForIsForgottenWithIt() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror
          .onBoth("create table t (id int primary key)")
          .master()
          .execute(
              "select replica.track('t')",
              "insert into replica.check_request (table_id, kind, rows_per_range)"
                  + " select table_id, 'interval', 1 from replica.tracked_table");
      mirror.settle();

      assertThat(mirror.master().rows("select pending_checks from replica.status"))
          .containsExactly("0");
      assertThat(Verdicts.of(mirror.slave(), "public.t")).isEqualTo("not verified");
    }
  }
}
