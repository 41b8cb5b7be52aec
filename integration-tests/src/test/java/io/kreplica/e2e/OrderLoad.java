package io.kreplica.e2e;

import io.kreplica.load.ConnectionSource;
import io.kreplica.load.SavepointRace;
import io.kreplica.postgres.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that place, change, renumber and drop orders at random, several of those in one
 * transaction, with savepoints and rollbacks in between: nested triggers, cascades and changed keys
 * are their daily work. They outlive outages of the master.
 */
final class OrderLoad implements AutoCloseable {

  private static final int ORDERS = 60;
  private static final Duration PAUSE = Duration.ofMillis(5);
  private static final Duration RECONNECT_PAUSE = Duration.ofMillis(100);
  private static final String UNIQUE_VIOLATION = SqlStates.UNIQUE_VIOLATION;
  private static final String FOREIGN_KEY_VIOLATION = "23503";

  private final ConnectionSource master;
  private final ExecutorService threads;
  private final List<Future<?>> clients = new ArrayList<>();
  private volatile boolean stopped;

  private OrderLoad(ConnectionSource master, int clients) {
    this.master = master;
    this.threads = Executors.newFixedThreadPool(clients);
  }

  static OrderLoad start(ConnectionSource master, int clients, long seed) {
    var load = new OrderLoad(master, clients);
    for (var i = 0; i < clients; i++) {
      var random = new Random(seed * 77 + i);
      load.clients.add(load.threads.submit(() -> load.work(random)));
    }
    return load;
  }

  private void work(Random random) {
    while (!stopped) {
      try (var connection = master.open()) {
        connection.setAutoCommit(false);
        while (!stopped) {
          transact(connection, random);
          LockSupport.parkNanos(PAUSE.toNanos());
        }
      } catch (SQLException e) {
        if (!SqlStates.isOutage(e)) {
          throw new IllegalStateException("The orders failed on the master: " + e.getMessage(), e);
        }
        LockSupport.parkNanos(RECONNECT_PAUSE.toNanos());
      }
    }
  }

  private static void transact(Connection connection, Random random) throws SQLException {
    try {
      for (var step = random.nextInt(5); step >= 0; step--) {
        var savepoint = connection.setSavepoint();
        change(connection, random);
        if (random.nextInt(6) == 0) {
          connection.rollback(savepoint);
        }
      }
      if (random.nextInt(10) == 0) {
        connection.rollback();
      } else {
        connection.commit();
      }
    } catch (SQLException e) {
      if (!isCollision(e)) {
        throw e;
      }
      connection.rollback();
    }
  }

  /** Whether two clients wanted the same order, or row, which is part of the game. */
  private static boolean isCollision(SQLException e) {
    var state = e.getSQLState();
    return SqlStates.is(e, UNIQUE_VIOLATION)
        || FOREIGN_KEY_VIOLATION.equals(state)
        || "40P01".equals(state)
        || SavepointRace.isMetBy(e);
  }

  private static void change(Connection connection, Random random) throws SQLException {
    var order = random.nextInt(ORDERS);
    var sql =
        switch (random.nextInt(10)) {
          case 0, 1 ->
              "insert into shop_order (order_id, customer) values (%1$d, 'c%2$d')"
                  + " on conflict (order_id) do update set customer = excluded.customer";
          case 2, 3, 4 ->
              "insert into order_line (order_id, line, amount, price, tags)"
                  + " select order_id, %3$d, %2$d, %2$d / 7.0, array['a b', null, '\"%2$d\"']"
                  + " from shop_order where order_id = %1$d"
                  + " on conflict (order_id, line) do update set amount = excluded.amount";
          case 5 -> "update order_line set amount = amount + 1, price = null where order_id = %1$d";
          case 6 -> "delete from order_line where order_id = %1$d and line %% 2 = 0";
          case 7 -> "delete from shop_order where order_id = %1$d";
          case 8 -> "update shop_order set order_id = %4$d where order_id = %1$d";
          default ->
              "insert into note (body, data, raw)"
                  + " values (repeat(E'n\\u00e9\\\\\\t\\n\"', %3$d), '{\"k\": [%2$d, null]}', '\\x00ff%3$02d')";
        };
    try (var statement = connection.createStatement()) {
      statement.execute(
          String.format(
              sql, order, random.nextInt(1000), 1 + random.nextInt(6), random.nextInt(ORDERS)));
    }
  }

  /** Lets each client finish its transaction, and ends. */
  void stop() {
    stopped = true;
    threads.shutdown();
    try {
      for (var client : clients) {
        client.get(60, TimeUnit.SECONDS);
      }
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
