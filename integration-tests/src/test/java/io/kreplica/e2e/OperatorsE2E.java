package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kreplica.PgBouncer;
import io.kreplica.SmallDisk;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.ConnectRestException;
import io.kreplica.stack.Installation;
import io.kreplica.stack.PostgresServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What operators forget, mistake and run out of, while both connectors are on a real worker. */
@Tag("e2e")
class OperatorsE2E {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String LOG_ROWS = "select count(*) from replica.replica_log";
  private static final String LET_GO = "select tables_let_go from replica.status";

  private static Backend backend;

  @BeforeAll
  static void shareServers() {
    backend = SharedBackend.get();
  }

  @Test
  void aLogBeyondItsLimitLetsTheTablesGoAndTheSlaveIsEqualOnceTheSourceIsBack() throws Exception {
    try (var replication = new Replication(backend, "limited");
        var topic = new TopicReader(backend.bootstrapServers(), replication.topic())) {
      replication.track(Shop.TABLES);
      replication.startSource(Map.of("keepalive.interval.ms", "1000"));
      replication.startSink(Map.of());
      replication.awaitEqual();
      replication.executeOnMaster(
          "update replica.log_state set log_limit_bytes = 4000000, log_limit_policy = 'stop_capture'");
      WayBack.stop(replication, replication.source());

      try (var bank = replication.bankLoad(100, Seeds.next())) {
        replication.executeOnMaster(
            "insert into note (body) select repeat('x', 1000) from generate_series(1, 8000)");
        replication.executeOnMaster("call replica.renew()");
        assertThat(replication.numberOnMaster(LET_GO)).isEqualTo(Shop.TABLES.size());
        var logged = replication.numberOnMaster(LOG_ROWS);
        var commits = bank.commits();
        await().atMost(PATIENCE).until(() -> bank.commits() >= commits + 20);
        assertThat(replication.numberOnMaster(LOG_ROWS)).isEqualTo(logged);

        backend.rest().resume(replication.source());
        await().atMost(PATIENCE).until(() -> replication.numberOnMaster(LET_GO) == 0);
        bank.stop();
      }

      replication.awaitEqual();
      assertThat(topic.more())
          .filteredOn(sent -> TopicReader.header(sent, "replica.op").equals("S"))
          .extracting(sent -> new String(sent.value(), StandardCharsets.UTF_8))
          .anySatisfy(
              said -> assertThat(said).contains("-- Changes of public.note are not logged"));
    }
  }

  @Test
  void forgottenTransactionsHoldNothingBackAndPreparedOnesArrive() throws Exception {
    var named =
        "select kind || ' ' || name from replica.open_transactions where name like 'forgotten%'"
            + " order by 1";
    try (var server = startServer();
        var replication =
            new Replication(backend, server, backend.slave(), "forgotten").start(Map.of());
        var idle = replication.onMaster();
        var operator = replication.onMaster()) {
      replication.awaitEqual();
      await().atMost(PATIENCE).until(() -> isTwoPhaseRefused(operator));
      WayBack.stop(replication, replication.source());
      replication.executeOnMaster("update replica.log_state set doorbell_rings = false");
      backend.rest().resume(replication.source());
      replication.writeAndAwaitEqual();
      awaitPruned(replication);
      execute(operator, "begin", note("two-phase"), "prepare transaction 'ended'");
      execute(operator, "commit prepared 'ended'");
      execute(idle, "set application_name = 'forgotten session'", "begin", note("idle"));
      execute(operator, "begin", note("prepared"), "prepare transaction 'forgotten'");

      replication.awaitOnSlave("select count(*) from note where body = 'two-phase'", 1);
      replication.writeAndAwaitEqual();
      awaitPruned(replication);
      assertThat(MasterFixture.rows(operator, named))
          .containsExactly("idle forgotten session", "prepared forgotten");

      execute(idle, "commit");
      execute(operator, "commit prepared 'forgotten'");
      replication.awaitOnSlave("select count(*) from note where body in ('idle', 'prepared')", 2);
      replication.awaitEqual();
      assertThat(MasterFixture.rows(operator, named)).isEmpty();
    }
  }

  /** As it is while the source sleeps and is to be woken. */
  private static boolean isTwoPhaseRefused(Connection session) throws SQLException {
    try {
      execute(session, "begin", note("two-phase, perhaps"), "prepare transaction 'perhaps'");
      execute(session, "rollback prepared 'perhaps'");
      return false;
    } catch (SQLException e) {
      assertThat(e.getMessage()).contains("cannot PREPARE a transaction that has executed LISTEN");
      execute(session, "rollback");
      return true;
    }
  }

  private static void awaitPruned(Replication replication) {
    await().atMost(PATIENCE).until(() -> replication.numberOnMaster(LOG_ROWS) == 0);
  }

  private static String note(String body) {
    return "insert into note (body) values ('" + body + "')";
  }

  private static void execute(Connection session, String... commands) throws SQLException {
    try (var statement = session.createStatement()) {
      for (var sql : commands) {
        statement.execute(sql);
      }
    }
  }

  @Test
  void aSinkThatIsLedToItsOwnMasterIsRefusedAndGoesOnAtTheSlave() throws Exception {
    try (var replication = new Replication(backend, "wrong_slave")) {
      replication.track(Shop.TABLES);
      replication.startSource(Map.of());
      var master = new HashMap<String, String>();
      for (var what : List.of("connection.url", "connection.user", "connection.password")) {
        master.put(what, replication.sourceConfig().get(what));
      }
      assertThatThrownBy(() -> replication.startSink(master))
          .isInstanceOf(ConnectRestException.class)
          .hasMessageContainingAll("400", "sql/slave/install.sql");

      // Even where it has been made a slave.
      try (var session = replication.onMaster()) {
        Installation.onSlave(session);
      }
      master.keySet().retainAll(List.of("connection.url"));
      backend.rest().create(replication.sink(), WayBack.with(replication.sinkConfig(), master));
      assertThat(replication.awaitFailed(replication.sink()))
          .contains("this database is the master that wrote it. Let connection.url name the slave");
      backend.rest().configure(replication.sink(), replication.sinkConfig());
      replication.writeAndAwaitEqual();
    }
  }

  @Test
  void aPoolerThatGivesTransactionsIsRefusedAndOneThatGivesSessionsServes() throws Exception {
    var isInstalled = PgBouncer.program().isPresent();
    if (!isInstalled) {
      System.out.println("OperatorsE2E: THE POOLER'S TEST IS SKIPPED: there is no PgBouncer");
    }
    assumeTrue(isInstalled, "PgBouncer is not installed");
    var refusal = "gives each transaction another backend";
    var server = URI.create(backend.master().url("postgres").substring("jdbc:".length()));
    try (var pooler = PgBouncer.start("transaction", server.getPort());
        var replication = new Replication(backend, "pooled")) {
      var through = Map.of("connection.url", pooler.url("pooled"));
      replication.track(Shop.TABLES);
      assertThatThrownBy(() -> replication.startSource(through))
          .isInstanceOf(ConnectRestException.class)
          .hasMessageContainingAll("400", refusal, "session mode");

      pooler.restart("session");
      replication.startSource(through);
      replication.startSink(Map.of());
      replication.writeAndAwaitEqual();

      pooler.restart("transaction");
      assertThat(replication.awaitFailed(replication.source()))
          .contains("Cannot connect to jdbc:postgresql://", refusal)
          .contains("or to a pooler in session mode. Then restart the task.");
      backend.rest().configure(replication.source(), replication.sourceConfig());
      replication.writeAndAwaitEqual();
    }
  }

  @Test
  void disksThatAreFullAreSaidAndOnceThereIsRoomAllArrives() throws Exception {
    var tooMuch = "insert into note (body) select repeat('x', 1000) from generate_series(1, 10000)";
    try (var ofMaster = SmallDisk.mount("OperatorsE2E: THE TEST OF FULL DISKS");
        var ofSlave = SmallDisk.mount("OperatorsE2E: THE TEST OF FULL DISKS");
        var master = startServer();
        var slave = startServer();
        var replication = new Replication(backend, master, slave, "full_disks")) {
      replication.executeOnMaster("create tablespace small location '" + ofMaster.path() + "'");
      replication.executeOnMaster("alter table replica.replica_log set tablespace small");
      replication.executeOnSlave("create tablespace small location '" + ofSlave.path() + "'");
      replication.executeOnSlave("alter table note set tablespace small");
      replication.start(Map.of()).awaitEqual();

      var failure =
          catchThrowableOfType(SQLException.class, () -> replication.executeOnMaster(tooMuch));
      assertThat(failure.getSQLState()).isEqualTo("53100");
      ofMaster.grow();
      replication.writeAndAwaitEqual();

      var saidBefore = Files.readString(backend.worker().log()).length();
      replication.executeOnMaster(tooMuch);
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  Files.readString(backend.worker().log())
                      .substring(saidBefore)
                      .contains("No space left on device"));
      assertThat(replication.numberOnSlave("select count(*) from note")).isEqualTo(1);
      ofSlave.grow();
      replication.writeAndAwaitEqual();
      replication.awaitRunning();
    }
  }

  private static EmbeddedDatabase startServer() {
    return new EmbeddedDatabase(
        PostgresServer.builder(EmbeddedDatabase.version())
            .setting("max_prepared_transactions", "4")
            .requirePasswords()
            .start());
  }

  @Test
  void whatTheMastersClockSaysDecidesNothing() throws Exception {
    try (var replication = new Replication(backend, "clocks").start(Map.of())) {
      for (var year : List.of("2099", "1999", "9999", "1970")) {
        replication.executeOnMaster(
            "alter table replica.replica_log alter ts set default '" + year + "-01-01'");
        replication.executeOnMaster(
            "update replica.log_state set confirmed_at = confirmed_at + interval '5 years'");
        replication.writeAndAwaitEqual();
      }
      awaitPruned(replication);
    }
  }
}
