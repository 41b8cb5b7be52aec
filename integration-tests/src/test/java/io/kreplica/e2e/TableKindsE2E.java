package io.kreplica.e2e;

import io.kreplica.sink.SlaveFixture;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tables that are more than one, through a real worker. */
@Tag("e2e")
class TableKindsE2E {

  private static final String TREES =
      """
      create table event (id int, day int, note text, primary key (id, day)) partition by range (day);
      create table event_1 partition of event for values from (0) to (10);
      create table event_2 partition of event for values from (10) to (20);
      create table city (id int primary key, name text);
      create table capital (country text, primary key (id)) inherits (city);
      """;

  private static final String UNTIDY =
      """
      create schema "A.b ""c d";
      create table "A.b ""c d"."user" ("select" int, "Ünï cøde" text, "a,b" text, primary key ("a,b", "select"));
      create table made (
          id int primary key generated always as identity,
          n int,
          twice int generated always as (2 * n) stored
      );
      create table hidden (id int primary key, v text);
      alter table hidden enable row level security;
      create table first (id int primary key, v text);
      create table second (id int primary key, first_id int references first on update cascade on delete cascade);
      create table wide (id int primary key);
      do $$ begin
          execute (select 'alter table wide ' || string_agg(format('add c%s int', i), ', ') from generate_series(2, 1600) i);
      end $$;
      """;

  private static final String EVERY_FORM =
      """
      insert into "A.b ""c d"."user" values (1, 'ä', 'x'), (2, null, 'y');
      update "A.b ""c d"."user" set "a,b" = 'z' where "select" = 1;
      insert into made (n) select i from generate_series(1, 10) i;
      insert into hidden values (1, 'secret');
      insert into wide (id, c2, c1600) select i, i, -i from generate_series(1, 20) i;
      copy first (id) from program 'seq 1 5000';
      insert into first values (1, 'again') on conflict (id) do update set v = excluded.v;
      merge into first f using (values (2, 'merged'), (9000, 'new')) s (id, v) on f.id = s.id
          when matched then update set v = s.v when not matched then insert values (s.id, s.v);
      insert into second select id, id from first;
      with gone as (delete from first where id between 10 and 20 returning id)
          insert into second select id + 20000, null from gone;
      update first set id = id + 1 where id >= 9000;
      truncate made restart identity;
      insert into made (n) values (1);
      """;

  private static Backend backend;

  @BeforeAll
  static void shareServers() {
    backend = SharedBackend.get();
  }

  @Test
  void partitionedTablesAndTreesOfHeirsArriveWithPartitionsThatComeLater() throws SQLException {
    var tables = List.of("public.event", "public.city", "public.capital");
    try (var replication = new Replication(backend, "table_kinds")) {
      replication.executeOnMaster(TREES);
      replication.executeOnSlave(TREES + "create table event_x partition of event default");
      replication.executeOnMaster(
          "insert into event select i, i % 20, 'first' from generate_series(1, 1000) i");
      replication.track(tables);
      replication.startSource(Map.of("keepalive.interval.ms", "1000"));
      replication.startSink(Map.of());
      replication.awaitEqual(tables);

      replication.executeOnMaster(
          """
          insert into city values (1, 'a'), (2, 'b');
          insert into capital values (1, 'c', 'C'), (3, 'd', 'D');
          update city set name = name || '!';
          update event set day = (day + 7) % 20 where id % 3 = 0;
          create table event_3 (note text, id int not null, day int not null);
          insert into event_3 select 'brought', i, 25 from generate_series(1, 100) i;
          alter table event attach partition event_3 for values from (20) to (30);
          update event_3 set note = 'changed' where id = 1;
          """);
      replication.awaitEqual(tables);

      replication.executeOnMaster("truncate event_2; delete from only city; drop table event_1");
      replication.awaitEqual(tables);
    }
  }

  @Test
  void untidyTablesAndEveryFormOfStatementArrive() throws SQLException {
    var tables =
        List.of(
            "\"A.b \"\"c d\".\"user\"",
            "public.made",
            "public.hidden",
            "public.first",
            "public.second",
            "public.wide");
    try (var replication = new Replication(backend, "untidy")) {
      replication.executeOnMaster(UNTIDY);
      replication.executeOnSlave(UNTIDY + "alter table hidden disable row level security");
      replication.executeOnSlave(SlaveFixture.GRANT_EVERYTHING);
      replication.track(tables);
      replication.startSource(Map.of());
      replication.startSink(Map.of());

      replication.executeOnMaster(EVERY_FORM);

      replication.awaitEqual(tables);
      replication.awaitOnSlave("select count(*) from made where id = 1 and twice = 2", 1);
    }
  }

  @Test
  void connectsOwnTypesArriveWithConvertersThatKeepSchemas() throws SQLException {
    var table =
        "create table typed (id int primary key, n numeric(20, 5), d date, t time(3), ts timestamp(3),"
            + " tz timestamptz(3), a int[], b bytea, j jsonb, u uuid, f float8, k bool)";
    var settings =
        Map.of(
            "type.mapping", "connect",
            "key.converter.schemas.enable", "true",
            "value.converter.schemas.enable", "true");
    try (var replication = new Replication(backend, "connect_types")) {
      replication.executeOnMaster(table);
      replication.executeOnSlave(table);
      replication.executeOnSlave(SlaveFixture.GRANT_EVERYTHING);
      replication.executeOnMaster(
          """
          insert into typed
          select i, i / 7.0, date '2026-11-26' - i, time '12:00:00.123', timestamp '1969-12-31 23:59:59.5',
                 timestamptz '2026-11-26 08:00:00.001+02', array[i, null, -i], '\\x00ff', '{"a": [1]}',
                 gen_random_uuid(), i / 3.0::float8, i % 2 = 0
          from generate_series(1, 50) i
          """);
      replication.track(List.of("public.typed"));
      replication.startSource(settings);
      replication.startSink(
          Map.of(
              "key.converter.schemas.enable", "true",
              "value.converter.schemas.enable", "true"));
      replication.awaitEqual(List.of("public.typed"));

      replication.executeOnMaster(
          "update typed set n = -n, d = d + 1000, a = null where id % 2 = 0");
      replication.awaitEqual(List.of("public.typed"));
    }
  }
}
