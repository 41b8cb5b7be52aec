package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.sink.SlaveFixture;
import io.kreplica.stack.Installation;
import io.kreplica.types.HostileSettings;
import io.kreplica.types.TypeTables;
import io.kreplica.types.TypeTables.Shape;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every type of the catalog through a real worker, and tables that the sink creates. */
@Tag("e2e")
class AllTypesE2E {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Map<String, String> SCHEMAS =
      Map.of("key.converter.schemas.enable", "true", "value.converter.schemas.enable", "true");

  private static Backend backend;

  @BeforeAll
  static void shareServers() {
    backend = SharedBackend.get();
  }

  /** Sessions on both sides of a replication. */
  private record Sessions(Connection master, Connection slave)
      implements TypeTables.Sides, AutoCloseable {

    static Sessions of(Replication replication) throws SQLException {
      return new Sessions(replication.onMaster(), replication.onSlave());
    }

    @Override
    public void onBoth(String... statements) throws SQLException {
      for (var sql : statements) {
        execute(master, sql);
        execute(slave, sql);
      }
      execute(slave, SlaveFixture.GRANT_EVERYTHING);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
      try (var statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }

    @Override
    public void close() throws SQLException {
      slave.close();
      master.close();
    }
  }

  @Test
  void everyTypeArrivesWhetherConvertersKeepSchemasOrNot() throws SQLException {
    try (var replication = new Replication(backend, "all_types");
        var sessions = Sessions.of(replication)) {
      var tables = TypeTables.prepare(sessions);
      replication.track(List.of("public.note"));
      for (var shape : Shape.values()) {
        tables.create(shape);
        tables.change(shape, 0, HostileSettings.GERMAN, false);
        tables.track(shape);
      }
      replication.startSource(Map.of());
      replication.startSink(Map.of());
      awaitEverything(replication);
      assertEqual(tables, "copied");

      change(tables, 1);
      awaitEverything(replication);
      assertEqual(tables, "changed");

      configure(replication, SCHEMAS);
      change(tables, 2);
      awaitEverything(replication);
      assertEqual(tables, "changed, with schemas");
    }
  }

  private static void change(TypeTables tables, int profile) throws SQLException {
    for (var shape : Shape.values()) {
      tables.change(shape, profile, HostileSettings.SQL_DMY, profile % 2 == 0);
    }
  }

  private static void configure(Replication replication, Map<String, String> extra) {
    var source = new HashMap<>(replication.sourceConfig());
    source.putAll(extra);
    replication.rest().configure(replication.source(), source);
    var sink = new HashMap<>(replication.sinkConfig());
    sink.putAll(extra);
    replication.rest().configure(replication.sink(), sink);
    replication.awaitRunning();
  }

  private static void assertEqual(TypeTables tables, String when) throws SQLException {
    for (var shape : Shape.values()) {
      assertThat(tables.differences(shape)).as(when).isEmpty();
    }
  }

  @Test
  void aSinkCreatesTablesOfEveryTypeAndNamesTheTypeThatTheSlaveLacks() throws SQLException {
    try (var replication = new Replication(backend, "created");
        var sessions = Sessions.of(replication)) {
      var tables = TypeTables.prepare(sessions);
      replication.executeOnSlave(
          "grant create on schema types, public to "
              + Installation.SINK_USER
              + "; grant create on database created to "
              + Installation.SINK_USER);
      replication.track(List.of("public.note"));
      for (var shape : List.of(Shape.PLAIN, Shape.KEY)) {
        tables.createOnMaster(shape);
        tables.change(shape, 0, HostileSettings.GERMAN, false);
        tables.track(shape);
      }
      replication.startSource(SCHEMAS);
      var sink = new HashMap<>(SCHEMAS);
      sink.putAll(Map.of("auto.create", "true", "auto.evolve", "true"));
      replication.startSink(sink);
      awaitEverything(replication);
      for (var shape : List.of(Shape.PLAIN, Shape.KEY)) {
        assertThat(tables.differences(shape)).as("copied").isEmpty();
        tables.change(shape, 1, HostileSettings.SQL_DMY, false);
      }
      awaitEverything(replication);
      for (var shape : List.of(Shape.PLAIN, Shape.KEY)) {
        assertThat(tables.differences(shape)).as("changed").isEmpty();
      }

      aTableGrows(replication);
    }
  }

  private static void aTableGrows(Replication replication) throws SQLException {
    replication.executeOnMaster(
        """
        create schema sales;
        create table sales."Order" (
            area varchar(3) collate "C",
            number smallint,
            price numeric(10, 2) not null,
            tags text[],
            primary key (number, area)
        );
        insert into sales."Order" values ('N', 1, 1.5, '{a,b}');
        """);
    replication.track(List.of("sales.\"Order\""));
    awaitEverything(replication);
    replication.executeOnMaster(
        """
        alter table sales."Order" add column net numeric(12, 4), add column spans int4range[];
        insert into sales."Order" values ('N', 2, 2, null, 1.25, '{"[1,2)"}');
        """);
    awaitEverything(replication);
    replication.awaitEqual(List.of("sales.\"Order\""));
    assertThat(keyOnSlave(replication, "sales.\"Order\"")).isEqualTo("PRIMARY KEY (number, area)");

    replication.executeOnMaster(
        """
        create type sales.mood as enum ('calm', 'glad');
        create domain sales.percent as numeric(5, 2) check (value <= 100);
        alter table sales."Order" add column mood sales.mood, add column off sales.percent;
        insert into sales."Order" values ('N', 3, 3, null, null, null, 'glad', 12.5);
        """);
    assertThat(replication.awaitFailed(replication.sink()))
        .contains("Cannot add columns to table sales.\"Order\": type \"sales.mood\" does not exist")
        .contains("Create the type, domain or extension on the slave");

    replication.executeOnSlave(
        """
        create type sales.mood as enum ('calm', 'glad');
        create domain sales.percent as numeric(5, 2) check (value <= 100);
        """);
    replication.restartMended(replication.sink());
    awaitEverything(replication);
    replication.awaitEqual(List.of("sales.\"Order\""));
  }

  private static String keyOnSlave(Replication replication, String table) throws SQLException {
    try (var slave = replication.onSlave();
        var query =
            slave.prepareStatement(
                "select pg_get_constraintdef(oid) from pg_constraint"
                    + " where conrelid = ?::text::regclass and contype = 'p'")) {
      query.setString(1, table);
      try (var row = query.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  /** Waits until the slave has all that is committed on the master by now, copies too. */
  private static void awaitEverything(Replication replication) throws SQLException {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> {
              replication.awaitRunning();
              return replication.numberOnMaster("select pending_copies from replica.status") == 0;
            });
    replication.executeOnMaster("insert into note (body) values ('all before')");
    replication.awaitOnSlave(
        "select count(*) from note", replication.numberOnMaster("select count(*) from note"));
  }
}
