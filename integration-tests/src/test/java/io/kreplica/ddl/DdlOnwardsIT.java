package io.kreplica.ddl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.Mirror;
import io.kreplica.SharedPostgres;
import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Schema commands of one master on a slave that is a master as well. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class DdlOnwardsIT {

  private static final String GRANT =
      "grant execute on function replica.execute(text, boolean),"
          + " replica.begin_command(text, boolean), replica.free_keys(text),"
          + " replica.command_settings(), replica.end_command(text, text, json, json, integer[])"
          + " to replica_sink";

  private final PostgresServer server;
  private Mirror here;
  private Mirror onwards;
  private MasterFixture first;
  private MasterFixture middle;

  DdlOnwardsIT(PostgresVersion version) {
    this.server = SharedPostgres.of(version);
  }

  @BeforeEach
  void createMirrors() throws Exception {
    here = Mirror.between(MasterFixture.on(server), SlaveFixture.on(server));
    here.sink("ddl.enabled", "true").source("snapshot.mode", "never");
    here.onBoth("create table t (id int primary key, v text)");
    here.slave().execute("alter table t owner to sink_login");
    ExecuteIT.letSinkChange(here.slave());
    first = here.master();
    middle = MasterFixture.in(server, here.slave().database());
  }

  @AfterEach
  void closeMirrors() throws SQLException {
    onwards.close();
    here.close();
  }

  private void handOnTo(SlaveFixture slave, boolean cascading) throws Exception {
    onwards = Mirror.between(middle, slave).sink("ddl.enabled", "true");
    onwards.source("snapshot.mode", "never");
    middle.execute(
        "select replica.trust('sink_login')",
        "select replica.track('t', cascading => " + cascading + ")");
    here.track("t").settle();
    onwards.settle();
  }

  private SlaveFixture last() throws SQLException {
    var slave = SlaveFixture.on(server);
    slave.execute(
        "create table t (id int primary key, v text)", "alter table t owner to sink_login");
    ExecuteIT.letSinkChange(slave);
    return slave;
  }

  @Test
  void aSlaveThatIsTheMasterOfAnotherHandsCommandsOnAtTheirPlace() throws Exception {
    handOnTo(last(), true);
    middle.execute(GRANT);
    first.execute(
        "insert into t values (1, 'a')",
        "select replica.execute('create type mood as enum (''calm'')')",
        "select replica.execute('alter table t add column m mood')",
        "update t set m = 'calm'",
        "select replica.execute('alter type mood add value ''glad''')",
        "select replica.execute('alter table t rename to u; alter table u alter id type bigint')",
        "insert into u values (9007199254740993, 'b', 'glad')",
        "select replica.capture_ddl(true)",
        "begin",
        "alter table u drop constraint t_pkey",
        "alter table u add column n int not null default 7",
        "alter table u add primary key (n, id)",
        "commit",
        "update u set n = 8 where v = 'b'");

    here.settle().assertEqual();
    onwards.settle().assertEqual();

    assertThat(onwards.slave().rows("select v, m, n from u order by id"))
        .containsExactly("a|calm|7", "b|glad|8");
    assertThat(CapturingMirror.commands(onwards)).hasSize(7);
  }

  @Test
  void betweenTwoMastersACommandComesBackToNobody() throws Exception {
    first.execute("alter table t owner to sink_login", "select replica.trust('sink_login')");
    handOnTo(SlaveFixture.in(server, first.database()), false);
    middle.execute(GRANT);
    first.execute(
        "select replica.execute('alter table t alter id type bigint')",
        "insert into t values (9007199254740993, 'a')");
    here.settle().assertEqual();
    middle.execute("update t set id = id - 1, v = 'changed key'");
    onwards.settle().assertEqual();

    assertThat(first.rows("select * from t")).containsExactly("9007199254740992|changed key");
    assertThat(CapturingMirror.commands(onwards)).isEmpty();
  }

  @Test
  void withoutTheGrantACommandEndsThereAndAKeyKeepsItsType() throws Exception {
    handOnTo(last(), true);
    first.execute(
        "select replica.execute('alter table t add column n int')",
        "insert into t values (1, 'a', 1)");
    here.settle().assertEqual();

    assertThatThrownBy(onwards::settle).hasMessageContaining("has no column n");
    assertThat(onwards.sent().stream().filter(record -> record.value() != null).toList().toString())
        .doesNotContain("alter table");
    first.execute("select replica.execute('alter table t alter id type bigint')");
    assertThatThrownBy(here::settle)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("used in a trigger definition");
  }
}
