package io.kreplica.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.Mirror;
import io.kreplica.SharedPostgres;
import io.kreplica.postgres.InstallScript;
import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Row security that comes over a table after it is tracked, where an ordinary role owns schema
 * replica: rows that captures and copies do not see must not be taken for deleted ones.
 */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class RowSecurityIT {

  private final PostgresServer server;
  private MasterFixture master;

  RowSecurityIT(PostgresVersion version) {
    this.server = SharedPostgres.of(version);
  }

  @BeforeEach
  void trackATableAsAnOrdinaryRole() throws Exception {
    master = MasterFixture.on(server);
    master.execute(
        "drop schema replica cascade",
        "do $$ begin if to_regrole('keeper') is null then create role keeper login; end if; end $$",
        "alter role keeper nobypassrls",
        "grant create on database " + master.database() + " to keeper",
        "grant all on schema public to keeper");
    try (var keeper = DriverManager.getConnection(server.url(master.database()) + "?user=keeper")) {
      InstallScript.ofFile(MasterFixture.INSTALL).run(keeper);
    }
    master.execute(
        "set role keeper",
        "create table secret (id int primary key, parent int references secret on delete cascade)",
        "select replica.track('secret')",
        "insert into secret values (1, null), (2, 1), (3, null), (4, 3)",
        "create policy none on secret using (id > 2)",
        "reset role",
        "alter table secret enable row level security, force row level security");
  }

  @AfterEach
  void closeMaster() throws SQLException {
    master.execute("reset role", "drop owned by keeper cascade");
    master.close();
  }

  @Test
  void aStatementWhoseChangesCannotBeReadFailsAndSaysWhy() throws SQLException {
    assertThatThrownBy(() -> master.execute("update secret set parent = 1 where id = 3"))
        .hasMessageContaining(
            "Cannot log a change of public.secret: its row security holds back role keeper")
        .hasMessageContaining("ALTER ROLE keeper BYPASSRLS");

    master.execute("alter role keeper bypassrls", "update secret set parent = 1 where id = 3");
    assertThat(
            master.rows(
                "select op, row ->> 'id' from replica.replica_log order by seq desc limit 1"))
        .containsExactly("u|3");
  }

  @Test
  void aCopyStopsTheSourceInsteadOfLeavingRowsOut() throws Exception {
    try (var source = TaskRun.first(master.settings())) {
      assertThatThrownBy(() -> source.until(sent -> !TaskRun.data(sent).isEmpty()))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining(
              "Cannot copy public.secret: its row security holds back role keeper, which owns schema"
                  + " replica (SQLSTATE 55000). ALTER ROLE keeper BYPASSRLS, or make it a member");
    }
    assertThat(master.rows("select is_trouble, message from replica.attend(1)"))
        .singleElement()
        .asString()
        .startsWith("t|public.secret is tracked, and its row security holds back role keeper")
        .contains("ALTER ROLE keeper BYPASSRLS");
    master.execute("alter role keeper bypassrls");
    try (var slave = SlaveFixture.on(server)) {
      var mirror = Mirror.between(master, slave);
      mirror.onSlaves("create table secret (id int primary key, parent int)");
      mirror.settle().assertEqual();
      mirror.restartSource().pauseSink(0);
    }
    assertThat(master.rows("select message from replica.attend(1)")).isEmpty();
  }
}
