package io.kreplica;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import org.awaitility.Awaitility;

/**
 * Applications that write to a master while something is done to it: small transactions over three
 * tables in changing order, with cascades and a trigger that writes. Each has rows of its own, so
 * that they never hinder each other: a statement that fails, fails because of what is done.
 */
final class Applications implements AutoCloseable {

  /** Their tables, those that others refer to first. */
  static final List<String> TABLES = List.of("customer", "purchase", "tally");

  private static final int COUNT = 4;
  private static final int KEYS = 20;

  private static final String DDL =
      """
      create table customer (id int primary key, name text, tags text[]);
      create table purchase (
          id int primary key,
          customer int references customer on delete cascade on update cascade,
          amount numeric(10,2),
          made timestamptz default clock_timestamp());
      create table tally (id int primary key, purchases bigint not null);
      create function count_purchase() returns trigger language plpgsql as $$
      begin
          update tally set purchases = purchases + 1 where id = new.id % 4;
          return null;
      end
      $$;
      create trigger count_purchase after insert on purchase
          for each row execute function count_purchase();
      """;

  /** Opens sessions on the master. */
  @FunctionalInterface
  interface Master {
    Connection connect() throws SQLException;
  }

  private final ExecutorService threads = Executors.newFixedThreadPool(COUNT);
  private final List<Future<?>> running = new ArrayList<>();
  private final LongAdder commits = new LongAdder();
  private volatile boolean isStopped;

  private Applications() {}

  /** Creates the tables, empty, on a master or a slave. */
  static String ddl() {
    return DDL;
  }

  /** Fills the tables as far as the applications need. */
  static String rows() {
    return "insert into tally select i, 0 from generate_series(0, 3) i";
  }

  /** Puts them to work. */
  static Applications start(Master master, long seed) {
    var applications = new Applications();
    for (var i = 0; i < COUNT; i++) {
      var number = i;
      applications.running.add(
          applications.threads.submit(
              () -> {
                applications.work(master, number, new Random(seed + number));
                return null;
              }));
    }
    return applications;
  }

  private void work(Master master, int number, Random random) throws SQLException {
    try (var connection = master.connect();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      while (!isStopped) {
        for (var i = random.nextInt(4); i >= 0; i--) {
          statement.execute(change(number, random));
        }
        if (random.nextInt(10) == 0) {
          connection.rollback();
        } else {
          connection.commit();
          commits.increment();
        }
      }
    }
  }

  private static String change(int number, Random random) {
    var id = number + COUNT * random.nextInt(KEYS);
    var other = number + COUNT * random.nextInt(KEYS);
    return switch (random.nextInt(7)) {
      case 0, 1 ->
          String.format(
              "insert into customer values (%d, 'c%d', '{a,null,\"b c\"}') on conflict (id) do update"
                  + " set name = excluded.name || customer.name",
              id, random.nextInt(1000));
      case 2, 3 ->
          String.format(
              "insert into purchase (id, customer, amount) select %d, c.id, %d from customer c where"
                  + " c.id = %d on conflict (id) do update set amount = excluded.amount",
              id, random.nextInt(1000), other);
      case 4 ->
          String.format(
              "update customer set id = %d where id = %d and not exists (select from customer where"
                  + " id = %d)",
              other, id, other);
      case 5 -> String.format("update tally set purchases = purchases + 1 where id = %d", number);
      default -> String.format("delete from customer where id = %d", id);
    };
  }

  /** How many transactions have committed. */
  long commits() {
    return commits.sum();
  }

  /** Whether one of them has failed; {@link #stop} says how. */
  boolean isBroken() {
    return running.stream().anyMatch(Future::isDone);
  }

  /** Waits until so many more transactions have committed. */
  void awaitCommits(int more) {
    var before = commits.sum();
    Awaitility.await().until(() -> commits.sum() >= before + more || isBroken());
  }

  /**
   * Lets each finish its transaction, and ends.
   *
   * @throws IllegalStateException if a statement of one of them failed
   */
  void stop() throws InterruptedException {
    isStopped = true;
    threads.shutdown();
    for (var application : running) {
      try {
        application.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException(
            "A statement of an application failed: " + e.getCause().getMessage(), e.getCause());
      }
    }
  }

  @Override
  public void close() {
    isStopped = true;
    threads.shutdown();
  }
}
