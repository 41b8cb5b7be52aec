package io.kreplica.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.Mirror;
import io.kreplica.SharedPostgres;
import io.kreplica.postgres.InstallScript;
import io.kreplica.record.Operation;
import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
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
        "do $$ begin if to_regrole('row_keeper') is null then create role row_keeper login; end if; end $$",
        "alter role row_keeper nobypassrls",
        "grant create on database " + master.database() + " to row_keeper",
        "grant all on schema public to row_keeper");
    try (var keeper =
        DriverManager.getConnection(server.url(master.database()) + "?user=row_keeper")) {
      InstallScript.ofFile(MasterFixture.INSTALL).run(keeper);
    }
    master.execute(
        "set role row_keeper",
        "create table secret (id int primary key, parent int references secret on delete cascade)",
        "select replica.track('secret')",
        "insert into secret values (1, null), (2, 1), (3, null), (4, 3)",
        "create policy none on secret using (id > 2)",
        "reset role");
  }

  @AfterEach
  void closeMaster() throws SQLException {
    master.execute("reset role", "drop owned by row_keeper cascade");
    master.close();
  }

  private void hideRows() throws SQLException {
    master.execute("alter table secret enable row level security, force row level security");
  }

  @Test
  void applicationsWriteOnAndWhatTheyWroteIsCopiedOnceNothingIsHidden() throws Exception {
    SourceRecord last;
    try (var source = TaskRun.first(master.settings())) {
      var sent = source.until(records -> TaskRun.data(records).size() == 4 && isComplete(records));
      last = sent.get(sent.size() - 1);
    }
    hideRows();
    master.execute(
        "update secret set parent = 3 where id = 2",
        "delete from secret where id = 1",
        "update secret set parent = null where id = 4");
    assertThat(
            master.rows(
                "select count(*) between 1 and 2 from replica.copy_request where reason = 'copy'"))
        .as("a copy is asked for, and not by each transaction")
        .containsExactly("t");

    master.execute("alter role row_keeper bypassrls");
    try (var source = TaskRun.behind(master.settings(), last)) {
      var sent = TaskRun.describe(TaskRun.data(source.until(RowSecurityIT::isCopied)));
      assertThat(sent.subList(sent.size() - 3, sent.size()))
          .containsExactly("R 2=3", "R 3=null", "R 4=null");
    }
  }

  private static boolean isComplete(List<SourceRecord> records) {
    return TaskRun.operation(records.get(records.size() - 1)) == Operation.COMMIT;
  }

  /** Nobody writes by then, so that a batch that ends with rows of a copy is behind all changes. */
  private static boolean isCopied(List<SourceRecord> records) {
    return records.size() > 1
        && isComplete(records)
        && TaskRun.operation(records.get(records.size() - 2)) == Operation.COPY;
  }

  @Test
  void aCopyStopsTheSourceInsteadOfLeavingRowsOut() throws Exception {
    hideRows();
    try (var source = TaskRun.first(master.settings())) {
      assertThatThrownBy(() -> source.until(sent -> !TaskRun.data(sent).isEmpty()))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining(
              "Cannot copy public.secret: its row security holds back role row_keeper, which owns schema"
                  + " replica (SQLSTATE 55000). ALTER ROLE row_keeper BYPASSRLS, or make it a member");
    }
    assertThat(master.rows("select is_trouble, message from replica.attend(1)"))
        .singleElement()
        .asString()
        .startsWith("t|public.secret is tracked, and its row security holds back role row_keeper")
        .contains("ALTER ROLE row_keeper BYPASSRLS");
    master.execute("alter role row_keeper bypassrls");
    try (var slave = SlaveFixture.on(server)) {
      var mirror = Mirror.between(master, slave);
      mirror.onSlaves("create table secret (id int primary key, parent int)");
      mirror.settle().assertEqual();
      mirror.restartSource().pauseSink(0);
    }
    assertThat(master.rows("select message from replica.attend(1)")).isEmpty();
  }
}
