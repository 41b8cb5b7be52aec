package io.kreplica.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.Mirror;
import io.kreplica.stack.PostgresVersion;
import io.kreplica.stack.TcpProxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Networks that pass everything, but slowly. */
class SlowLinkIT {

  /** What the sink sends at once takes ten times as long as a silent connection has. */
  private static final long BYTES_PER_SECOND = 500_000;

  private static final int ROWS = 8000;

  /** Which of the two networks is slow. */
  enum Link {
    TO_MASTER,
    TO_SLAVE;

    private TcpProxy of(FaultyMirror faulty) {
      return this == TO_MASTER ? faulty.toMaster() : faulty.toSlave();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSlowConnectionIsNotGivenUpForALostOne(Link link) throws Exception {
    try (var faulty = FaultyMirror.on(PostgresVersion.NEWEST)) {
      var mirror = faulty.mirror();
      mirror.onBoth("create table t (id int primary key, v text)").track("t").settleUntilIdle();
      link.of(faulty).slow(Duration.ofMillis(5), BYTES_PER_SECOND);

      mirror
          .master()
          .execute(
              "insert into t select i, repeat(md5(i::text), 20) from generate_series(1, "
                  + ROWS
                  + ") i");
      var before = sessions(mirror);
      mirror.settle().assertEqual();

      assertThat(sessions(mirror)).as("sessions").isEqualTo(before);
    }
  }

  /** How often the source has connected, and the sink's backend. */
  private static List<String> sessions(Mirror mirror) throws SQLException {
    return List.of(
        mirror.master().value("select epoch from replica.log_state"),
        mirror
            .slave()
            .rows(
                "select pid from pg_stat_activity where datname = current_database()"
                    + " and application_name like 'kreplica-sink%'")
            .toString());
  }
}
