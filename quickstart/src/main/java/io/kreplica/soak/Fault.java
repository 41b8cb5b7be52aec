package io.kreplica.soak;

import io.kreplica.postgres.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * One way to disturb a replication, which ends by itself: when it has struck, everything is there
 * again as it was.
 *
 * @param name what it does, for people
 * @param strike does it
 */
record Fault(String name, Strike strike) {

  /** A fault at work. */
  @FunctionalInterface
  interface Strike {
    /** Disturbs, for a time drawn at random, and mends. */
    void at(SoakStand stand, Random random) throws Exception;
  }

  private static final String TERMINATE =
      "select pg_terminate_backend(pid) from pg_stat_activity"
          + " where application_name like 'kreplica%'";

  /** All of them. */
  static List<Fault> all() {
    return Stream.of(ofWorkerAndBroker(), ofDatabases(), ofNetworks(), ofSessions(), ofLoad())
        .flatMap(List::stream)
        .toList();
  }

  /** Processes of Kafka. */
  private static List<Fault> ofWorkerAndBroker() {
    return List.of(
        new Fault(
            "worker killed (kill -9)",
            (stand, random) -> {
              stand.stack().worker().kill();
              hold(random, 3_000);
              stand.stack().worker().restart();
            }),
        new Fault(
            "worker stopped",
            (stand, random) -> {
              stand.stack().worker().stop();
              stand.stack().worker().restart();
            }),
        new Fault(
            "worker suspended, short of its session timeout",
            (stand, random) -> {
              stand.stack().worker().suspend();
              hold(random, 6_000);
              stand.stack().worker().resume();
            }),
        new Fault(
            "worker suspended, beyond its session timeout",
            (stand, random) -> {
              stand.stack().worker().suspend();
              hold(15_000 + random.nextInt(5_000));
              stand.stack().worker().resume();
            }),
        new Fault(
            "broker killed (kill -9)",
            (stand, random) -> {
              stand.stack().broker().kill();
              hold(random, 3_000);
              stand.stack().broker().restart();
              stand.stack().broker().awaitReady();
            }),
        new Fault(
            "broker stopped",
            (stand, random) -> {
              stand.stack().broker().stop();
              stand.stack().broker().restart();
              stand.stack().broker().awaitReady();
            }),
        new Fault(
            "broker suspended",
            (stand, random) -> {
              stand.stack().broker().suspend();
              hold(random, 8_000);
              stand.stack().broker().resume();
            }));
  }

  /** Servers of PostgreSQL. */
  private static List<Fault> ofDatabases() {
    return List.of(
        new Fault(
            "master killed (kill -9)",
            (stand, random) -> {
              stand.stack().master().kill();
              hold(random, 3_000);
              stand.stack().master().restart();
            }),
        new Fault(
            "master stopped",
            (stand, random) -> {
              stand.stack().master().stop();
              hold(random, 3_000);
              stand.stack().master().restart();
            }),
        new Fault(
            "master suspended",
            (stand, random) -> {
              stand.stack().master().suspend();
              hold(random, 8_000);
              stand.stack().master().resume();
            }),
        new Fault(
            "slave killed (kill -9)",
            (stand, random) -> {
              stand.stack().slave().kill();
              hold(random, 3_000);
              stand.stack().slave().restart();
            }),
        new Fault(
            "slave stopped",
            (stand, random) -> {
              stand.stack().slave().stop();
              hold(random, 3_000);
              stand.stack().slave().restart();
            }),
        new Fault(
            "slave suspended",
            (stand, random) -> {
              stand.stack().slave().suspend();
              hold(random, 8_000);
              stand.stack().slave().resume();
            }));
  }

  /** Between a connector and its database. */
  private static List<Fault> ofNetworks() {
    return List.of(
        new Fault("connections to the master cut", (stand, random) -> stand.toMaster().cut()),
        new Fault("connections to the slave cut", (stand, random) -> stand.toSlave().cut()),
        new Fault(
            "master unreachable",
            (stand, random) -> {
              stand.toMaster().refuse();
              stand.toMaster().cut();
              hold(random, 5_000);
              stand.toMaster().pass();
            }),
        new Fault(
            "slave unreachable",
            (stand, random) -> {
              stand.toSlave().refuse();
              stand.toSlave().cut();
              hold(random, 5_000);
              stand.toSlave().pass();
            }),
        new Fault(
            "connections to the master held up",
            (stand, random) -> {
              stand.toMaster().hold();
              hold(random, 6_000);
              stand.toMaster().pass();
            }),
        new Fault(
            "connections to the slave held up",
            (stand, random) -> {
              stand.toSlave().hold();
              hold(random, 6_000);
              stand.toSlave().pass();
            }),
        new Fault(
            "slow network to the master",
            (stand, random) -> {
              stand.toMaster().slow(Duration.ofMillis(20 + random.nextInt(100)), 200_000);
              hold(random, 6_000);
              stand.toMaster().pass();
            }),
        new Fault(
            "slow network to the slave",
            (stand, random) -> {
              stand.toSlave().slow(Duration.ofMillis(20 + random.nextInt(100)), 200_000);
              hold(random, 6_000);
              stand.toSlave().pass();
            }));
  }

  /** What an administrator may do. */
  private static List<Fault> ofSessions() {
    return List.of(
        new Fault(
            "sessions on the master terminated",
            (stand, random) -> {
              try (var master = stand.onMaster()) {
                SoakStand.execute(master, TERMINATE);
              }
            }),
        new Fault(
            "sessions on the slave terminated",
            (stand, random) -> {
              try (var slave = stand.onSlave()) {
                SoakStand.execute(slave, TERMINATE);
              }
            }),
        new Fault(
            "both tasks restarted through REST",
            (stand, random) -> {
              stand.rest().restartTask(SoakStand.SOURCE);
              stand.rest().restartTask(SoakStand.SINK);
            }),
        new Fault(
            "source paused",
            (stand, random) -> {
              stand.rest().pause(SoakStand.SOURCE);
              hold(random, 4_000);
              stand.rest().resume(SoakStand.SOURCE);
            }),
        new Fault(
            "sink paused",
            (stand, random) -> {
              stand.rest().pause(SoakStand.SINK);
              hold(random, 4_000);
              stand.rest().resume(SoakStand.SINK);
            }));
  }

  /** What applications and copies may do. */
  private static List<Fault> ofLoad() {
    return List.of(
        new Fault(
            "a table copied again",
            (stand, random) -> {
              try (var master = stand.onMaster()) {
                SoakStand.execute(master, "select replica.copy('public.account')");
              }
            }),
        new Fault(
            "a transaction of 20,000 rows",
            (stand, random) -> {
              try (var master = stand.onMaster()) {
                updateAccounts(
                    master,
                    "do $$ begin for i in 1 .. 4 loop"
                        + " update public.account set owner = md5(owner || i); end loop; end $$");
              }
            }),
        new Fault(
            "a large transaction rolled back",
            (stand, random) -> {
              try (var master = stand.onMaster()) {
                master.setAutoCommit(false);
                updateAccounts(master, "update public.account set balance = balance + 1");
                hold(random, 2_000);
                master.rollback();
              }
            }),
        new Fault(
            "a transaction open for a while, committed late",
            (stand, random) -> {
              try (var master = stand.onMaster()) {
                master.setAutoCommit(false);
                SoakStand.execute(
                    master,
                    "update public.account set owner = 'late' where account_id = "
                        + (1 + random.nextInt(6_000)));
                hold(random, 5_000);
                master.commit();
              }
            }));
  }

  /** Updates many rows, as often as that and a client's transaction have waited for each other. */
  private static void updateAccounts(Connection master, String sql) throws SQLException {
    while (true) {
      try {
        SoakStand.execute(master, sql);
        return;
      } catch (SQLException e) {
        if (!SqlStates.is(e, SqlStates.DEADLOCK)) {
          throw e;
        }
        if (!master.getAutoCommit()) {
          master.rollback();
        }
      }
    }
  }

  private static void hold(Random random, int mostMs) {
    hold(random.nextInt(mostMs));
  }

  private static void hold(long ms) {
    LockSupport.parkNanos(Duration.ofMillis(ms).toNanos());
  }
}
