package io.kreplica.e2e;

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
}
