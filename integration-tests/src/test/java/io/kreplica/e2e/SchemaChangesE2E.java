package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.random.SchemaLoad;
import io.kreplica.stack.Installation;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Schema changes through {@code replica.execute}, on a master and slaves at work. */
@Tag("e2e")
class SchemaChangesE2E {

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int CHANGES = 24;

  /** A tracked table's columns, their types and its key. */
  private static final String FORM =
      """
      select string_agg(
                 format('%I %s %s', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull),
                 ', ' order by a.attnum)
             || (select pg_get_constraintdef(k.oid) from pg_constraint k
                 where k.conrelid = a.attrelid and k.contype = 'p')
      from pg_attribute a
      where a.attrelid = ?::text::regclass and a.attnum > 0 and not a.attisdropped
      group by a.attrelid
      """;

  private static Backend backend;

  @BeforeAll
  static void shareServers() {
    backend = SharedBackend.get();
  }

  @Test
  void commandsAreReplayedAtTheirPlaceAmongTheRowsOfManySessions() throws SQLException {
    var seed = Seeds.next();
    try (var replication = new Replication(backend, "schema_changes")) {
      letSinkCreate(replication);
      replication.track(List.of("public.note"));
      replication.startSource(Map.of());
      replication.startSink(Map.of("ddl.enabled", "true"));

      List<String> tables;
      try (var load = SchemaLoad.start(replication::onMaster, CHANGES, seed)) {
        awaitChanges(load, CHANGES / 3);
        replication.rest().restart(replication.source());
        awaitChanges(load, CHANGES * 2 / 3);
        replication.rest().restart(replication.sink());
        awaitChanges(load, CHANGES);
        load.stop();
        assertThat(load.writes()).isPositive();
        tables = load.tables();
      }

      replication.executeOnMaster("insert into note (body) values ('done')");
      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () -> {
                replication.awaitRunning();
                return replication.numberOnSlave("select count(*) from note") == 1
                    && replication.numberOnMaster("select pending_copies from replica.status") == 0;
              });
      replication.awaitEqual(tables);
      assertThat(forms(replication.onSlave(), tables))
          .isEqualTo(forms(replication.onMaster(), tables));
    }
  }

  @Test
  void aSinkThatExecutesNoCommandsWaitsForAPerson() throws SQLException {
    try (var replication = new Replication(backend, "by_hand").start(Map.of())) {
      replication.executeOnMaster(
          "select replica.execute('alter table note add column stars int')");
      replication.executeOnMaster("insert into note (body, stars) values ('good', 5)");

      assertThat(replication.awaitFailed(replication.sink()))
          .contains(
              "Run on the slave: alter table public.note add column stars <type of the column on the master>");

      replication.executeOnSlave("alter table note add column stars int");
      replication.restartMended(replication.sink());
      replication.awaitOnSlave("select count(*) from note where stars = 5", 1);
      replication.awaitEqual();
    }
  }

  private static void awaitChanges(SchemaLoad load, int changes) {
    Awaitility.await().atMost(PATIENCE).until(() -> load.changes() >= changes);
  }

  /** The role that the sink connects as owns what the commands create. */
  private static void letSinkCreate(Replication replication) throws SQLException {
    replication.executeOnSlave(
        "grant create on schema public to "
            + Installation.SINK_USER
            + "; grant create on database schema_changes to "
            + Installation.SINK_USER);
  }

  private static List<String> forms(Connection connection, List<String> tables)
      throws SQLException {
    try (connection;
        var query = connection.prepareStatement(FORM)) {
      var forms = new ArrayList<String>();
      for (var table : tables) {
        query.setString(1, table);
        try (var row = query.executeQuery()) {
          row.next();
          forms.add(table + ": " + row.getString(1));
        }
      }
      return forms;
    }
  }
}
