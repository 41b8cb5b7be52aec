package io.kreplica.load;

import io.kreplica.postgres.SqlStates;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients at work on a {@link Bank}, each in a thread and a session of its own, until they are
 * stopped or have done what they were told. They outlive an outage of the master: each connects
 * again and goes on. Their counters may be read by any thread.
 */
public final class BankLoad implements AutoCloseable {

  private static final Duration RECONNECT_PAUSE = Duration.ofMillis(100);

  private final Builder options;
  private final AtomicLong transactionsLeft;
  private final LongAdder commits = new LongAdder();
  private final LongAdder rowChanges = new LongAdder();
  private final ExecutorService threads;
  private final List<Future<?>> clients = new ArrayList<>();
  private volatile boolean stopped;

  private BankLoad(Builder options) {
    this.options = options;
    this.transactionsLeft = new AtomicLong(options.transactions);
    this.threads = Executors.newFixedThreadPool(options.clients);
  }

  public static Builder builder(Bank bank, ConnectionSource master) {
    return new Builder(bank, master);
  }

  /** What a load may be told before it starts. */
  public static final class Builder {

    private final Bank bank;
    private final ConnectionSource master;
    private int clients = 4;
    private long seed = 1;
    private int rate;
    private long transactions = Long.MAX_VALUE;
    private boolean payInOnly;

    private Builder(Bank bank, ConnectionSource master) {
      this.bank = bank;
      this.master = master;
    }

    public Builder clients(int clients) {
      this.clients = clients;
      return this;
    }

    /** Where the randomness starts: each client does the same again with the same seed. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /**
     * How many transactions a second all clients do together; 0, the default, as many as they can.
     */
    public Builder rate(int perSecond) {
      this.rate = perSecond;
      return this;
    }

    /** How many transactions all clients do together before they end by themselves. */
    public Builder transactions(long transactions) {
      this.transactions = transactions;
      return this;
    }

    /** Only the transaction of TPC-B, of four row changes, instead of all kinds. */
    public Builder payInOnly() {
      this.payInOnly = true;
      return this;
    }

    public BankLoad start() {
      var load = new BankLoad(this);
      for (var i = 0; i < clients; i++) {
        var random = new Random(seed * 1_000 + i);
        load.clients.add(load.threads.submit(() -> load.work(random)));
      }
      return load;
    }
  }

  private void work(Random random) {
    while (isMoreToDo()) {
      try (var client = new BankClient(options.bank, random, options.master.open())) {
        serve(client);
      } catch (SQLException e) {
        if (!SqlStates.isOutage(e) && !SavepointRace.isMetBy(e)) {
          throw new IllegalStateException("The load failed on the master: " + e.getMessage(), e);
        }
        LockSupport.parkNanos(RECONNECT_PAUSE.toNanos());
      }
    }
  }

  private void serve(BankClient client) throws SQLException {
    var pause = options.rate == 0 ? 0 : options.clients * 1_000_000_000L / options.rate;
    var next = System.nanoTime();
    while (isMoreToDo() && transactionsLeft.getAndDecrement() > 0) {
      try {
        var rows = options.payInOnly ? client.payIn() : client.any();
        commits.add(rows > 0 ? 1 : 0);
        rowChanges.add(rows);
      } catch (SQLException e) {
        transactionsLeft.incrementAndGet();
        client.rollbackQuietly();
        throw e;
      }
      next += pause;
      if (pause > 0) {
        LockSupport.parkNanos(next - System.nanoTime());
      }
    }
  }

  private boolean isMoreToDo() {
    return !stopped && transactionsLeft.get() > 0;
  }

  /** How many transactions that changed something have committed. */
  public long commits() {
    return commits.sum();
  }

  /** How many rows they changed; a row of history that was folded counts once for all of them. */
  public long rowChanges() {
    return rowChanges.sum();
  }

  /**
   * Waits until the clients have done their transactions.
   *
   * @throws IllegalStateException if one of them failed other than by an outage
   */
  public void await() {
    try {
      for (var client : clients) {
        client.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while the load runs", e);
    } finally {
      threads.shutdown();
    }
  }

  /** Lets each client finish its transaction, and ends; fails as {@link #await} does. */
  public void stop() {
    stopped = true;
    await();
  }

  @Override
  public void close() {
    stop();
  }
}
