package io.kreplica.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.SharedPostgres;
import io.kreplica.postgres.InstallScript;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The slave's script: run twice, run by anybody, undone. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class SlaveScriptIT {

  private final PostgresServer server;
  private SlaveFixture slave;

  SlaveScriptIT(PostgresVersion version) {
    this.server = SharedPostgres.of(version);
  }

  @BeforeEach
  void createSlave() throws SQLException {
    slave = SlaveFixture.on(server);
  }

  @AfterEach
  void closeSlave() throws SQLException {
    slave.close();
  }

  @Test
  void runsAgainWithoutLosingThePosition() throws Exception {
    slave.execute(
        "insert into replica.replica_position (log_id, topic, partition, sink, claim, joined,"
            + " snapshot) values ('a', 't', 0, 's', '8f3e2d2c-0000-4000-8000-000000000001',"
            + " '1:1:', '5:5:')");

    InstallScript.ofFile(SlaveFixture.INSTALL).run(slave.session());

    assertThat(slave.rows("select log_id from replica.replica_position")).containsExactly("a");
  }

  @Test
  void runsFromTheConnectorsJarAsFromItsFiles() {
    assertThat(
            InstallScript.ofResource(ReplicaSinkConnector.class, "/kreplica/slave-install.sql")
                .sql())
        .isEqualTo(InstallScript.ofFile(SlaveFixture.INSTALL).sql());
  }

  @Test
  void runsAsAnOrdinaryRoleThatOwnsTheDatabase() throws Exception {
    slave.execute(
        "do $$ begin if to_regrole('owner') is null then create role owner login; end if; end $$",
        "drop schema replica cascade",
        "grant create on database " + slave.database() + " to owner");

    try (var connection = DriverManager.getConnection(slave.url() + "?user=owner")) {
      InstallScript.ofFile(SlaveFixture.INSTALL).run(connection);
    }

    assertThat(slave.rows("select version from replica.slave_version")).containsExactly("2");
  }

  @Test
  void describesEveryObject() throws Exception {
    assertThat(
            slave.rows(
                "select c.relname from pg_class as c where relnamespace = 'replica'::regnamespace"
                    + " and relkind in ('r', 'v') and obj_description(c.oid) is null"))
        .isEmpty();
    assertThat(
            slave.rows(
                "select c.relname, a.attname from pg_class as c"
                    + " join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0"
                    + " where relnamespace = 'replica'::regnamespace and relkind = 'r'"
                    + " and col_description(c.oid, a.attnum) is null"))
        .isEmpty();
  }

  @Test
  void isUndoneWithoutATrace() throws Exception {
    slave.uninstall();

    assertThat(slave.rows("select nspname from pg_namespace where nspname = 'replica'")).isEmpty();
  }

  @Test
  void leavesTheMastersHalfAloneWhenItIsUndone() throws Exception {
    slave.execute("create table replica.other (id integer)");

    slave.uninstall();

    assertThat(
            slave.rows(
                "select relname from pg_class where relnamespace ="
                    + " 'replica'::regnamespace and relkind in ('r', 'v')"))
        .containsExactly("other");
  }

  @Test
  void standsBesideTheMastersHalfInOneDatabase() throws Exception {
    InstallScript.ofFile(SlaveFixture.INSTALL.resolveSibling("../master/install.sql").normalize())
        .run(slave.session());

    InstallScript.ofFile(SlaveFixture.INSTALL).run(slave.session());

    assertThat(slave.rows("select version from replica.slave_version")).containsExactly("2");
  }
}
