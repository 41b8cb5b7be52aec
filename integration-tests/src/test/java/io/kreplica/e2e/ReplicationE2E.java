package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.load.Bank;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user expects of a replication that nobody disturbs. */
@Tag("e2e")
class ReplicationE2E {

  private static final Duration LOAD_TIMEOUT = Duration.ofMinutes(2);

  private static Backend backend;

  @BeforeAll
  static void shareServers() {
    backend = SharedBackend.get();
  }

  @ParameterizedTest(name = "schemas in the records: {0}")
  @ValueSource(booleans = {false, true})
  void slaveShowsOnlyStatesOfTheMasterUnderRandomLoad(boolean schemas) throws SQLException {
    var seed = Seeds.next();
    var converters =
        Map.of(
            "key.converter.schemas.enable", Boolean.toString(schemas),
            "value.converter.schemas.enable", Boolean.toString(schemas));
    try (var replication = new Replication(backend, "random_" + schemas).start(converters)) {
      replication.awaitEqual();

      try (var watcher = replication.watchSlave()) {
        try (var bank = replication.bankLoad(400, seed);
            var orders = replication.orderLoad(seed);
            var longTransaction = replication.onMaster()) {
          longTransaction.setAutoCommit(false);
          try (var statement = longTransaction.createStatement()) {
            for (var part = 1; part <= 6; part++) {
              statement.execute("insert into note (body) values ('part " + part + "')");
              var goal = part * 500L;
              Awaitility.await().atMost(LOAD_TIMEOUT).until(() -> bank.commits() >= goal);
            }
          }
          longTransaction.commit();
          orders.stop();
        }

        replication.awaitEqual();
        watcher.assertOnlyStatesOfTheMaster(30);
      }
    }
  }

  @Test
  void commandsThatAMigrationSendsDuringTheLoadChangeTheSlaveAtTheirPlace() throws SQLException {
    try (var replication = new Replication(backend, "migration")) {
      try (var slave = replication.onSlave();
          var statement = slave.createStatement()) {
        statement.execute("grant create, usage on schema public to replica_sink_login");
        for (var table : Shop.TABLES) {
          statement.execute("alter table " + table + " owner to replica_sink_login");
        }
      }
      replication.track(Shop.TABLES);
      replication.executeOnMaster("select replica.capture_ddl(true)");
      replication.startSource(Map.of());
      replication.startSink(Map.of("ddl.enabled", "true"));
      try (var bank = replication.bankLoad(200, Seeds.next())) {
        for (var command :
            List.of(
                "create type public.standing as enum ('new')",
                "alter table public.account add column standing public.standing default 'new'",
                "alter table public.history add column channel text, add check (channel <> '')",
                "alter type public.standing add value 'old'",
                "update public.account set standing = 'old' where account_id < 20",
                "alter table public.history rename column channel to via",
                "update public.history set via = 'web' where history_id % 2 = 0",
                "alter table public.account alter column owner type varchar(100)",
                "alter table public.teller drop column branch_id")) {
          var goal = bank.commits() + 50;
          replication.executeOnMaster(command);
          Awaitility.await().atMost(LOAD_TIMEOUT).until(() -> bank.commits() >= goal);
        }
      }

      replication.awaitEqual();
      replication.awaitOnSlave("select count(*) from account where standing = 'old'", 19);
    }
  }

  @Test
  void showsCommitsWhileAnUnrelatedTransactionIsOpen() throws SQLException {
    try (var replication = new Replication(backend, "open_transaction").start(Map.of());
        var open = replication.onMaster()) {
      open.setAutoCommit(false);
      try (var statement = open.createStatement()) {
        statement.execute("insert into note (body) values ('uncommitted')");
      }

      replication.executeOnMaster("insert into note (body) values ('committed')");

      replication.awaitOnSlave("select count(*) from note where body = 'committed'", 1);
      assertThat(replication.numberOnSlave("select count(*) from note")).isEqualTo(1);
      open.commit();
      replication.awaitEqual();
    }
  }

  @Test
  void neverShowsWhatIsRolledBack() throws SQLException {
    try (var replication = new Replication(backend, "rolled_back").start(Map.of())) {
      replication.executeOnMaster(
          """
          begin;
          insert into note (body) values ('kept');
          savepoint one;
          insert into note (body) values ('rolled back');
          rollback to savepoint one;
          commit;
          begin;
          insert into note (body) values ('rolled back');
          rollback;
          insert into note (body) values ('last');
          """);

      replication.awaitOnSlave("select count(*) from note where body = 'last'", 1);
      assertThat(replication.numberOnSlave("select count(*) from note")).isEqualTo(2);
    }
  }

  @Test
  void copiesRowsThatWereThereWhileTheyChange() throws SQLException {
    var seed = Seeds.next();
    try (var replication = new Replication(backend, "initial_copy")) {
      replication.executeOnMaster(
          "insert into note (body) select 'note ' || n from generate_series(1, 20000) n");
      try (var bank = replication.bankLoad(300, seed);
          var orders = replication.orderLoad(seed)) {
        replication.track(Shop.TABLES);
        replication.startSource(Map.of("snapshot.chunk.rows", "700"));
        replication.startSink(Map.of());
        replication.awaitOnSlave("select count(*) from note where body = 'note 20000'", 1);
        orders.stop();
        bank.stop();
      }

      replication.awaitEqual();
    }
  }

  @Test
  void leavesRowsThatWereThereAloneWhereTheSlaveHasThem() throws SQLException {
    try (var replication = new Replication(backend, "no_copy")) {
      replication.track(List.of("public.note"));
      replication.startSource(Map.of("snapshot.mode", "never"));
      replication.startSink(Map.of());

      replication.executeOnMaster("insert into note (body) values ('new')");

      replication.awaitOnSlave("select count(*) from note", 1);
      assertThat(replication.numberOnSlave("select count(*) from branch")).isZero();
    }
  }

  @Test
  void copiesATableThatIsTrackedLater() throws SQLException {
    try (var replication = new Replication(backend, "tracked_later")) {
      replication.track(Bank.TABLES);
      replication.startSource(Map.of());
      replication.startSink(Map.of());
      replication.executeOnMaster("insert into note (body) values ('before')");
      replication.awaitEqual(Bank.TABLES);

      replication.track(List.of("public.note", "public.shop_order", "public.order_line"));
      replication.executeOnMaster("insert into note (body) values ('after')");

      replication.awaitEqual();
    }
  }

  @Test
  void copiesATableAgainWhenAsked() throws SQLException {
    try (var replication = new Replication(backend, "copied_again").start(Map.of())) {
      replication.executeOnMaster(
          "insert into note (body) select 'note ' || n from generate_series(1, 1000) n");
      replication.awaitEqual();
      try (var slave = replication.onSlave();
          var statement = slave.createStatement()) {
        statement.execute("delete from note where note_id % 3 = 0");
        statement.execute("update note set body = 'damaged' where note_id % 3 = 1");
      }

      replication.executeOnMaster("select replica.copy('note')");

      replication.awaitEqual();
    }
  }

  @Test
  void showsALargeTransactionAtOnce() throws SQLException {
    try (var replication = new Replication(backend, "large").start(Map.of())) {
      replication.awaitEqual();

      replication.executeOnMaster(
          """
          insert into shop_order (order_id, customer) select o, 'many' from generate_series(1, 2000) o;
          insert into order_line (order_id, line, amount)
          select o, l, 10 * o + l from generate_series(1, 2000) o, generate_series(1, 4) l;
          """);

      try (var watcher = replication.watchSlave()) {
        replication.awaitOnSlave("select count(*) from order_line", 8000);
        replication.executeOnMaster("update order_line set amount = amount + 1");
        replication.executeOnMaster("update shop_order set order_id = order_id + 100000");
        replication.executeOnMaster("delete from shop_order where order_id % 2 = 0");
        replication.awaitEqual();
        watcher.assertOnlyStatesOfTheMaster(2);
      }
    }
  }

  @Test
  void truncatesTablesThatReferToEachOther() throws SQLException {
    try (var replication = new Replication(backend, "truncated").start(Map.of())) {
      replication.executeOnMaster(
          """
          insert into shop_order (order_id, customer) values (1, 'one'), (2, 'two');
          insert into order_line (order_id, line, amount) values (1, 1, 5), (2, 1, 7);
          """);
      replication.awaitEqual();

      replication.executeOnMaster(
          """
          begin;
          truncate shop_order, order_line;
          insert into shop_order (order_id, customer) values (2, 'two again');
          commit;
          """);

      replication.awaitOnSlave("select count(*) from shop_order where customer = 'two again'", 1);
      replication.awaitEqual();
    }
  }

  @Test
  void theWatcherNoticesAStateThatTheMasterNeverHad() throws SQLException {
    try (var replication = new Replication(backend, "tampered_with").start(Map.of())) {
      replication.awaitEqual();

      try (var watcher = replication.watchSlave();
          var slave = replication.onSlave();
          var statement = slave.createStatement()) {
        statement.execute("update teller set balance = balance + 1 where teller_id = 1");
        Awaitility.await().until(watcher::hasSeenAnImpossibleState);

        assertThatThrownBy(() -> watcher.assertOnlyStatesOfTheMaster(1))
            .hasMessageContaining("the bank's books do not balance");
      }
    }
  }
}
