package io.kreplica.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kreplica.postgres.SessionFactory;
import io.kreplica.stack.PostgresVersion;
import io.kreplica.stack.TcpProxy;
import io.kreplica.stack.TcpProxy.Way;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Connections whose other end is gone without a word, where TCP itself notices nothing: each is
 * given up in time, wherever it was, and none that is merely slow.
 */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class HalfOpenIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final PostgresVersion version;
  private FaultyMirror faulty;

  HalfOpenIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void replicateATable() throws Exception {
    faulty = FaultyMirror.on(version);
    faulty.mirror().onBoth("create table account (id int primary key, name text)");
    faulty.mirror().track("account").settleUntilIdle();
  }

  @AfterEach
  void close() throws SQLException {
    faulty.close();
  }

  private void executeOnMaster(String sql) throws SQLException {
    faulty.mirror().master().execute(sql);
  }

  /** Breaks every connection for good; new ones are taken. */
  private static void forgetConnections(TcpProxy network) {
    network.drop();
    network.pass();
  }

  /** The backends of the source's sessions on the master. */
  private List<String> backends() throws SQLException {
    return faulty
        .mirror()
        .master()
        .rows(
            "select pid from pg_stat_activity where datname = current_database()"
                + " and application_name = 'kreplica-source test-source' order by pid");
  }

  /** Those of the two that last: the third comes and goes. */
  private List<String> lastingBackends() {
    return await().atMost(PATIENCE).until(this::backends, pids -> pids.size() == 2);
  }

  @Test
  void aSleepingSourceNoticesThatItWillNotBeRung() throws Exception {
    forgetConnections(faulty.toMaster());
    executeOnMaster("insert into account values (1, 'a')");

    faulty.mirror().settle().assertEqual();
  }

  @Test
  void theSourceReadsAgainWhatItWasReadingWhenTheAnswerWasLost() throws Exception {
    var trap =
        faulty
            .toMaster()
            .beforeAnswer("join (select r.xid", () -> forgetConnections(faulty.toMaster()));
    executeOnMaster("insert into account values (1, 'a')");

    faulty.mirror().settle().assertEqual();

    assertThat(trap.isSprung()).isTrue();
  }

  @Test
  void theSourceLooksAfterItsTablesAgainWhenTheAnswerWasLost() throws Exception {
    var trap =
        faulty.toMaster().beforeAnswer("is_unfit", () -> forgetConnections(faulty.toMaster()));
    await().atMost(PATIENCE).until(trap::isSprung);

    var again = faulty.toMaster().beforeRequest("is_unfit", () -> {});

    executeOnMaster("insert into account values (1, 'a')");
    faulty.mirror().settle().assertEqual();
    await().atMost(PATIENCE).until(again::isSprung);
  }

  @Test
  void nothingOfALostSourceIsLeftOnTheMaster() throws Exception {
    var lost = lastingBackends();

    forgetConnections(faulty.toMaster());
    executeOnMaster("insert into account values (1, 'a')");
    faulty.mirror().settle().assertEqual();

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(backends()).doesNotContainAnyElementsOf(lost));
  }

  @Test
  void aLongReadIsNotCut() throws Exception {
    var lasting = lastingBackends();
    try (var blocker = faulty.mirror().master().connect()) {
      blocker.setAutoCommit(false);
      blocker.createStatement().execute("lock table account in access exclusive mode");
      executeOnMaster("select replica.copy('account')");
      var before = faulty.toMaster().taken();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                faulty.mirror().pump();
                return faulty.toMaster().taken() >= before + 3;
              });
      blocker.rollback();
    }

    faulty.mirror().settle().assertEqual();

    assertThat(backends()).containsAll(lasting);
  }

  @Test
  void theSinkFindsOutWhetherItsCommitCameThroughWhenTheAnswerWasLost() throws Exception {
    var trap = faulty.toSlave().beforeAnswer("COMMIT", () -> forgetConnections(faulty.toSlave()));
    executeOnMaster("insert into account values (1, 'a')");

    faulty.mirror().settle().assertEqual();

    assertThat(trap.isSprung()).isTrue();
  }

  @Test
  void theSinkGivesUpAConnectionThatTakesNothingMore() throws Exception {
    var trap = faulty.toSlave().beforeRequest("unnest(", () -> faulty.toSlave().clog(Way.THERE));
    executeOnMaster(
        "insert into account select i, repeat('x', 1000) from generate_series(1, 8000) i");

    faulty.mirror().settle().assertEqual();

    assertThat(trap.isSprung()).isTrue();
  }

  @Test
  void connectingWhereNobodyAnswersFailsInTimeAndLeavesNoThread() {
    var sessions =
        new SessionFactory(
            "jdbc:postgresql://127.0.0.1:" + faulty.toMaster().port() + "/postgres",
            "nobody",
            new Password(""),
            "test",
            Duration.ofSeconds(1));
    faulty.toMaster().hold();

    for (var attempt = 0; attempt < 3; attempt++) {
      assertThatThrownBy(sessions::open).isInstanceOf(SQLException.class);
    }

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().contains("JDBC driver connection")));
  }
}
