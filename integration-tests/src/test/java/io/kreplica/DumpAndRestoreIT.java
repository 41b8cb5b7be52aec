package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.nio.file.Path;
import java.sql.SQLException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A master, or its rows, dumped and restored by PostgreSQL's tools. The tools may be older than the
 * newest server: dumps are made of the oldest, and restored into either.
 */
class DumpAndRestoreIT {

  @TempDir private static Path directory;

  private PostgresServer server;
  private Mirror mirror;
  private MasterFixture master;

  @BeforeAll
  static void findTools() {
    PostgresTools.assumePresent();
  }

  @BeforeEach
  void replicate() throws Exception {
    server = SharedPostgres.of(PostgresVersion.OLDEST);
    mirror =
        Mirror.on(PostgresVersion.OLDEST)
            .onBoth(RestoredMaster.DDL)
            .source("keepalive.interval.ms", "1000");
    master = mirror.master();
    RestoredMaster.track(master);
    RestoredMaster.write(master);
    mirror.settle().assertEqual();
  }

  @AfterEach
  void close() throws SQLException {
    mirror.close();
  }

  @ParameterizedTest
  @EnumSource(PostgresVersion.class)
  void aMasterRestoredIntoAnotherClusterGoesOnWithANewLog(PostgresVersion version)
      throws Exception {
    var dump = dumpInTheMiddle();
    try (var elsewhere = PostgresServer.builder(version).setting("fsync", "off").start()) {
      elsewhere.createDatabase("restored");
      try (var session = elsewhere.connect("restored")) {
        session.createStatement().execute("create role replica_source");
      }
      PostgresTools.restore(elsewhere, "restored", dump);

      RestoredMaster.goesOnWithANewLog(
          MasterFixture.asItIs(elsewhere, "restored"), mirror, "and restored into cluster");
    }
  }

  @Test
  void aMasterRestoredIntoAnotherDatabaseGoesOnWithANewLog() throws Exception {
    var dump = dumpInTheMiddle();
    server.createDatabase("restored");
    PostgresTools.restore(server, "restored", dump);

    RestoredMaster.goesOnWithANewLog(
        MasterFixture.asItIs(server, "restored"), mirror, "is a copy of it in the same cluster");
  }

  @Test
  void aMasterRestoredInItsPlaceGoesOnWithANewLog() throws Exception {
    var dump = dumpInTheMiddle();
    mirror.restartSource();
    master.execute("drop schema public, replica cascade", "create schema public");
    PostgresTools.restore(server, master.database(), dump);

    RestoredMaster.goesOnWithANewLog(
        MasterFixture.asItIs(server, master.database()), mirror, "it was restored from a dump");
  }

  /**
   * A dump of a master whose log holds rows that are not read; the slave has more than the dump.
   */
  private Path dumpInTheMiddle() throws Exception {
    var dump = directory.resolve("master.dump");
    RestoredMaster.write(master);
    master.execute("select replica.copy('plain')");
    PostgresTools.dump(server, master.database(), dump);
    RestoredMaster.write(master);
    mirror.settle().assertEqual();
    return dump;
  }

  @Test
  void rowsRestoredIntoTrackedTablesAreLoggedUnlessTriggersAreOff() throws Exception {
    var rows = directory.resolve("rows.dump");
    PostgresTools.dump(server, master.database(), rows, "--data-only", "--exclude-schema=replica");

    empty();
    PostgresTools.restore(server, master.database(), rows);
    mirror.settle().assertEqual();
    assertThat(master.value("select count(*) > 0 from plain")).isEqualTo("t");

    empty();
    PostgresTools.restore(
        server,
        master.database(),
        rows,
        "--data-only",
        "--disable-triggers",
        "--single-transaction");
    assertThatNothingArrivedBut("handed_on");

    empty();
    PostgresTools.restoreAs("-c session_replication_role=replica", server, master.database(), rows);
    assertThatNothingArrivedBut("handed_on");
  }

  private void empty() throws Exception {
    master.execute("truncate " + String.join(", ", RestoredMaster.TABLES));
    mirror.settle().assertEqual();
  }

  /**
   * What a sink applies to one table is captured for slaves of the slave, and what looks like it.
   */
  private void assertThatNothingArrivedBut(String cascading) throws Exception {
    awaitRenewal();
    mirror.settle().assertEqual(cascading);
    assertThat(
            master.rows(
                "select tgname from pg_trigger where not tgisinternal and tgrelid = '"
                    + cascading
                    + "'::regclass and tgenabled::text <> 'A'"))
        .isEmpty();
    for (var table : RestoredMaster.TABLES) {
      if (!table.equals(cascading)) {
        assertThat(mirror.slave().rows("select count(*) from " + table)).containsExactly("0");
        master.execute("select replica.copy('" + table + "')");
      }
    }
    mirror.settle().assertEqual();
  }

  private void awaitRenewal() {
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(
                        master.value(
                            "select s.tables_to_renew + (select count(*) from replica.tracked_table t where"
                                + " untracked_at is null and not exists (select from pg_class c"
                                + " where c.oid = t.relation)) from replica.status s"))
                    .isEqualTo("0"));
  }

  @Test
  void tablesDroppedAndRestoredAreFoundAndCopied() throws Exception {
    var schema = directory.resolve("public.dump");
    PostgresTools.dump(server, master.database(), schema, "--exclude-schema=replica");
    RestoredMaster.write(master);
    mirror.settle().assertEqual();
    master.execute("drop schema public cascade", "create schema public");

    PostgresTools.restore(server, master.database(), schema);

    RestoredMaster.write(master);
    awaitRenewal();
    RestoredMaster.write(master);
    mirror.settle().assertEqual();
    assertThat(master.value("select tracked_tables from replica.status")).isEqualTo("7");
  }

  @Test
  void aSlaveMayBeMadeOfTheMastersSchema() throws Exception {
    var schema = directory.resolve("schema.dump");
    PostgresTools.dump(server, master.database(), schema, "--schema-only");
    server.createDatabase("made");
    PostgresTools.restore(server, "made", schema);

    try (var session = server.connect("made")) {
      MasterFixture.UNINSTALL.run(session);
    }
    mirror.andTo(SlaveFixture.in(server, "made"), "name", "made", "slave.name", "made");
    mirror.onSlaves();
    mirror.settle();
    for (var table : RestoredMaster.TABLES) {
      master.execute("select replica.copy('" + table + "', slave => 'made')");
    }
    RestoredMaster.write(master);
    mirror.settle().assertEqual();
  }

  @Test
  void aSlaveRestoredFromADumpGoesOnWhereTheDumpWas() throws Exception {
    var slave = directory.resolve("slave.dump");
    PostgresTools.dump(server, mirror.slave().database(), slave);
    RestoredMaster.write(master);
    mirror.settle();
    server.createDatabase("slave_again");

    PostgresTools.restore(server, "slave_again", slave);

    mirror.andTo(SlaveFixture.asItIs(server, "slave_again"));
    RestoredMaster.write(master);
    mirror.settle().assertEqual();
  }
}
