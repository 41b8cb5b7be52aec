package io.kreplica.sink.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.sink.apply.SlaveTable.Column;
import io.kreplica.sink.apply.SlaveTable.Index;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

class TablePlanTest {

  private static final Index PRIMARY_KEY =
      new Index(List.of("id"), List.of("operator(pg_catalog.=)"), true, true);

  private static Column column(String name, String type) {
    return new Column(name, type, false, false, false, true, null, null, null);
  }

  private static SlaveTable table(Index index, Column... columns) {
    var byName = new LinkedHashMap<String, Column>();
    for (var column : columns) {
      byName.put(column.name(), column);
    }
    return new SlaveTable(Rows.table("account"), byName, List.of(index), false);
  }

  private static TablePlan plan(SlaveTable table, String... columns) {
    return TablePlan.of(table, Rows.shape("account", columns));
  }

  @Test
  void upsertsAWholeColumnAtATime() {
    var table = table(PRIMARY_KEY, column("id", "integer"), column("na\"me", "text"));

    assertThat(plan(table, "id", "na\"me").upsert())
        .isEqualTo(
            "insert into \"public\".\"account\" (\"id\", \"na\"\"me\") overriding system value"
                + " select x.c0 as c0, x.c1 as c1"
                + " from unnest(?::integer[], ?::text[]) as x(c0, c1)"
                + " on conflict (\"id\") do update set \"na\"\"me\" = excluded.\"na\"\"me\"");
  }

  @Test
  void deletesByTheKeysOwnOperator() {
    var table = table(PRIMARY_KEY, column("id", "integer"), column("name", "text"));

    assertThat(plan(table, "id").delete())
        .isEqualTo(
            "delete from only \"public\".\"account\" as t using unnest(?::integer[]) as x(c0)"
                + " where t.\"id\" operator(pg_catalog.=) x.c0");
  }

  @Test
  void doesNothingOnConflictWhereAllColumnsAreOfTheKey() {
    assertThat(plan(table(PRIMARY_KEY, column("id", "integer")), "id").upsert())
        .endsWith("on conflict (\"id\") do nothing");
  }

  @Test
  void passesArraysThroughText() {
    var table =
        table(
            PRIMARY_KEY,
            column("id", "integer"),
            new Column("tags", "text[]", true, false, false, true, null, null, null));

    assertThat(plan(table, "id", "tags").upsert())
        .contains("select x.c0 as c0, x.c1::text[] as c1")
        .contains("unnest(?::integer[], ?::text[])");
  }

  @Test
  void leavesGeneratedColumnsOut() {
    var table =
        table(
            PRIMARY_KEY,
            column("id", "integer"),
            new Column("size", "integer", false, true, false, true, null, null, null));
    var plan = plan(table, "id", "size");

    assertThat(plan.upsert()).doesNotContain("size");
    assertThat(plan.values(List.of(Rows.upsert("account", "1", "x")))).containsExactly("{\"1\"}");
  }

  @Test
  void replacesRowsWhereTheKeyIsDeferrable() {
    var deferrable = new Index(List.of("id"), List.of("operator(pg_catalog.=)"), true, false);

    assertThat(plan(table(deferrable, column("id", "integer")), "id").replaces()).isTrue();
    assertThat(plan(table(PRIMARY_KEY, column("id", "integer")), "id").replaces()).isFalse();
  }

  @Test
  void lastOfEqualKeysWinsWhereTextsMayDiffer() {
    var table =
        table(
            PRIMARY_KEY,
            new Column("id", "numeric", false, false, false, false, null, null, null),
            column("name", "text"));

    assertThat(plan(table, "id", "name").upsert())
        .contains("select distinct on (s.c0) s.c0, s.c1 from")
        .contains("order by s.c0, s.n desc")
        .endsWith("do update set \"id\" = excluded.\"id\", \"name\" = excluded.\"name\"");
  }
}
