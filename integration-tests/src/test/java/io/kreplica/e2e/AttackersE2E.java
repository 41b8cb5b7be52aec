package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.source.MasterFixture;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What applications, the connectors' logins and writers to the topic can do, and cannot. */
@Tag("e2e")
class AttackersE2E {

  private static final String SESSIONS =
      "select distinct a.usename, r.rolsuper, (select string_agg(m.roleid::regrole::text, ',')"
          + " from pg_auth_members m where m.member = r.oid)"
          + " from pg_stat_activity a join pg_roles r on r.rolname = a.usename"
          + " where a.datname = current_database() and a.application_name like 'kreplica-%'";

  private static Backend backend;

  @BeforeAll
  static void shareServers() {
    backend = SharedBackend.get();
  }

  @Test
  void anApplicationWithoutRightsOnTheLogWritesOnAndTheConnectorsHaveThoseOfTheirRolesOnly()
      throws Exception {
    try (var replication = new Replication(backend, "least").start(Map.of())) {
      replication.executeOnMaster("create role plain_application");
      try (var application = replication.onMaster();
          var statement = application.createStatement()) {
        statement.execute(
            "grant select, insert, update, delete, truncate on all tables in schema public"
                + " to plain_application");
        statement.execute("set session authorization plain_application");
        statement.execute("insert into note (body) select 'plain' from generate_series(1, 100)");
        replication.awaitEqual();
        statement.execute("update note set body = 'changed' where note_id % 2 = 0");
        statement.execute("delete from note where note_id % 3 = 0");
        statement.execute("truncate order_line");
        statement.execute("insert into shop_order (order_id, customer) values (1, 'c')");
        statement.execute("insert into order_line (order_id, line, amount) values (1, 1, 5)");
        replication.awaitEqual();

        for (var sql :
            new String[] {
              "select from replica.replica_log",
              "insert into replica.replica_log default values",
              "select replica.copy('public.note')"
            }) {
          assertThatThrownBy(() -> statement.execute(sql))
              .isInstanceOf(SQLException.class)
              .hasMessageContaining("permission denied");
        }
        statement.execute("reset session authorization");
        statement.execute("drop owned by plain_application; drop role plain_application");
      }
      try (var master = replication.onMaster();
          var slave = replication.onSlave()) {
        assertThat(MasterFixture.rows(master, SESSIONS))
            .containsExactly("replica_source_login|f|replica_source");
        assertThat(MasterFixture.rows(slave, SESSIONS))
            .containsExactly("replica_sink_login|f|replica_sink");
      }
    }
  }

  @Test
  void whoMayWriteToTheTopicReachesNoOtherTableAndRunsNoSql() throws Exception {
    var injected = "'); drop table victim; --";
    try (var replication = new Replication(backend, "forged")) {
      replication.executeOnSlave("create table victim (id int primary key, name text)");
      replication.executeOnSlave("insert into victim values (1, 'untouched')");
      replication.track(Shop.TABLES);
      replication.startSource(Map.of());
      replication.startSink(Map.of("tables", String.join(",", Shop.TABLES)));
      replication.writeAndAwaitEqual();
      WayBack.stop(replication, replication.source());

      try (var forged = new ForgedBatch(backend.bootstrapServers(), replication.topic())) {
        forged
            .command("drop table victim")
            .insert("public.note", Map.of("note_id", 99), Map.of("note_id", 99, "body", injected))
            .commit();
      }
      replication.awaitOnSlave("select count(*) from note where body = $$" + injected + "$$", 1);
      assertVictimIsUntouched(replication);

      try (var forged = new ForgedBatch(backend.bootstrapServers(), replication.topic())) {
        forged.insert("public.victim", Map.of("id", 2), Map.of("id", 2, "name", "forged")).commit();
      }
      assertThat(replication.awaitFailed(replication.sink()))
          .contains(
              "Cannot apply changes of public.victim: the sink's setting tables does not name");
      assertVictimIsUntouched(replication);

      WayBack.beginAnew(replication, "replica.forged.2");
    }
  }

  private static void assertVictimIsUntouched(Replication replication) throws SQLException {
    try (var slave = replication.onSlave()) {
      assertThat(MasterFixture.rows(slave, "select * from victim")).containsExactly("1|untouched");
    }
  }
}
