package io.kreplica.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.Mirror;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tables that inherit: each is tracked by itself and holds its own rows, on both sides. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class InheritanceIT {

  private final PostgresVersion version;
  private Mirror mirror;

  InheritanceIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void createTree() throws Exception {
    mirror = Mirror.on(version);
    mirror.onBoth(
        "create table city (id int primary key, name text)",
        "create table capital (country text, primary key (id)) inherits (city)",
        "create table port (harbour text, primary key (id)) inherits (city)",
        "create table port_capital (note text, primary key (id)) inherits (capital, port)");
    mirror.master().execute("insert into city values (1, 'a'), (2, 'b')");
    mirror.master().execute("insert into capital values (1, 'a', 'A'), (3, 'c', 'C')");
    mirror.master().execute("insert into port values (1, 'a', 'h')");
    mirror.master().execute("insert into port_capital values (1, 'a', 'A', 'h', 'n')");
    mirror.track("city", "capital", "port", "port_capital").settle();
    mirror.assertEqual();
  }

  @AfterEach
  void close() throws SQLException {
    mirror.close();
  }

  private void run(String... statements) throws Exception {
    mirror.master().execute(statements);
    mirror.settle();
    mirror.assertEqual();
  }

  @Test
  void aStatementOnAParentReachesTheRowsOfItsHeirs() throws Exception {
    run("update city set name = name || '!'");
    run("update capital set country = 'X' where id = 1");
    run("update city set id = id + 10");
    run("delete from city where id = 11");
    run("insert into city values (11, 'again')");
  }

  @Test
  void rowsOfTheSameKeyInParentAndHeirAreDifferentRows() throws Exception {
    run("delete from only city");
    assertThat(mirror.slave().rows("select tableoid::regclass, id from city order by 1, 2"))
        .containsExactly("capital|1", "capital|3", "port|1", "port_capital|1");
    run("update only capital set name = 'own' where id = 1", "delete from only port");
  }

  @Test
  void aTruncateEmptiesWhatItEmptiedOnTheMaster() throws Exception {
    run("truncate only city");
    assertThat(mirror.slave().rows("select count(*) from capital")).containsExactly("3");
    run("truncate capital");
    run("truncate city");
    run("insert into capital values (5, 'e', 'E')");
  }

  @Test
  void triggersThatWriteAcrossTheTreeLeaveTheLastState() throws Exception {
    run(
        """
        create function also() returns trigger language plpgsql as $$
        begin
          update city set name = name || '+' where id = new.id and pg_trigger_depth() < 3;
          return null;
        end $$
        """,
        "create trigger a_also after update on capital for each row execute function also()",
        "create trigger zz_also after update on city for each row execute function also()");
    run("update city set name = 'start'");
    run("update only city set id = id + 1 where id = 2");
  }

  @Test
  void aTableThatGotHeirsAfterItWasTrackedIsCapturedRowByRowFromThenOn() throws Exception {
    mirror.onBoth("create table plain (id int primary key, v text)").track("plain");
    mirror.onBoth("create table heir (primary key (id)) inherits (plain)");
    assertThat(mirror.master().value("select tables_to_renew from replica.status")).isEqualTo("1");
    mirror
        .master()
        .execute(
            "select replica.attend(table_id) from replica.tracked_table",
            "insert into plain values (1, 'p')",
            "insert into heir values (1, 'h'), (2, 'h')",
            "update plain set v = v || '!'",
            "delete from plain where id = 2");
    run();

    assertThat(mirror.slave().rows("select * from plain")).containsExactly("1|p!");
    assertThat(mirror.master().value("select tables_to_renew from replica.status")).isEqualTo("0");
  }

  @Test
  void aTruncateOfAPlainTableSparesTheHeirsThatOnlyTheSlaveHas() throws Exception {
    mirror.onBoth("create table plain (id int primary key, v text)").track("plain");
    mirror.onSlaves(
        "create table archive (primary key (id)) inherits (plain)",
        "insert into archive values (1, 'kept'), (2, 'kept')");
    run("insert into plain values (1, 'a'), (2, 'b')");
    run("update plain set id = 3 where id = 2", "delete from plain where id = 1");
    run("truncate plain");
    mirror.master().execute("select replica.copy('plain')");
    run();

    assertThat(mirror.slave().rows("select count(*) from archive")).containsExactly("2");
  }
}
