package io.kreplica.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.Mirror;
import io.kreplica.record.EventHeaders;
import io.kreplica.record.Operation;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The row before a change, for those who asked for it. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class OldImageIT {

  private final PostgresVersion version;
  private Mirror mirror;

  OldImageIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void createTable() throws Exception {
    mirror = Mirror.on(version);
    mirror.onBoth("create table t (id int primary key, v text, a int[])");
    mirror.master().execute("select replica.track('t', old_image => true)");
    mirror.settle();
  }

  @AfterEach
  void close() throws SQLException {
    mirror.close();
  }

  /** Each change that the statements cause: operation, new v, old row. */
  private List<String> changes(String... statements) throws Exception {
    var before = mirror.sent().size();
    mirror.master().execute(statements);
    mirror.settle();
    mirror.assertEqual();
    return TaskRun.data(mirror.sent().subList(before, mirror.sent().size())).stream()
        .map(
            record -> {
              var headers = EventHeaders.readFrom(record.headers());
              return headers.operation().code()
                  + (headers.now() ? " now " : " ")
                  + headers.old().orElse("-");
            })
        .toList();
  }

  @Test
  void travelsWithUpdatesAndDeletes() throws Exception {
    assertThat(
            changes(
                "insert into t values (1, 'a', '{1}')", "update t set v = 'b'", "delete from t"))
        .containsExactly(
            "I -", "U {\"id\":1,\"v\":\"a\",\"a\":[1]}", "D {\"id\":1,\"v\":\"b\",\"a\":[1]}");
  }

  @Test
  void travelsWithBothRecordsOfAChangedKey() throws Exception {
    assertThat(changes("insert into t values (1, 'a')", "update t set id = 2, v = 'b'"))
        .containsExactly(
            "I -", "D {\"id\":1,\"v\":\"a\",\"a\":null}", "U {\"id\":1,\"v\":\"a\",\"a\":null}");
  }

  @Test
  void travelsWithRowsThatAreLoggedAsTheyAreNow() throws Exception {
    assertThat(
            changes(
                """
                create function again() returns trigger language plpgsql as $$
                begin
                  update t set v = new.v || '!' where id = new.id and v not like '%!';
                  return null;
                end $$
                """,
                "create trigger again after update on t for each row execute function again()",
                "insert into t values (1, 'a')",
                "update t set v = 'b'"))
        .startsWith("I -")
        .anyMatch(change -> change.startsWith("U now {\"id\":1,\"v\":\"a\""));
  }

  @Test
  void doesNotTravelWhereNobodyAskedForIt() throws Exception {
    mirror.master().execute("select replica.track('t')");

    assertThat(changes("insert into t values (1, 'a')", "update t set v = 'b'", "delete from t"))
        .containsExactly("I -", "U -", "D -");
  }

  @Test
  void outlivesTheRenewalOfAnAlteredTable() throws Exception {
    mirror.onBoth("alter table t add column x numeric[]");
    mirror.master().execute("select replica.attend(table_id) from replica.tracked_table");

    assertThat(changes("insert into t values (1, 'a')", "delete from t"))
        .filteredOn(change -> change.startsWith(Operation.DELETE.code()))
        .containsExactly("D {\"id\":1,\"v\":\"a\",\"a\":null,\"x\":null}");
  }

  @Test
  void manyRowsOfOneStatementPass() throws Exception {
    mirror.master().execute("insert into t select i, 'a' from generate_series(1, 20000) i");
    mirror.master().execute("update t set v = 'b'", "delete from t where id % 2 = 0");
    mirror.settle();
    mirror.assertEqual();
  }
}
