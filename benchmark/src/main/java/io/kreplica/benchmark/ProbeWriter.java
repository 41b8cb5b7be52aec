package io.kreplica.benchmark;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/** Commits rows one by one, at a steady rate, in a thread of its own, and notes when. */
final class ProbeWriter {

  private final Laboratory laboratory;
  private final int client;
  private final int perSecond;
  private final AtomicLongArray committed;
  private final Thread thread = new Thread(this::write, "probe-writer");
  private volatile SQLException failure;

  ProbeWriter(Laboratory laboratory, int client, int perSecond, int rows) {
    this.laboratory = laboratory;
    this.client = client;
    this.perSecond = perSecond;
    this.committed = new AtomicLongArray(rows);
  }

  void start() {
    thread.start();
  }

  private void write() {
    try (var connection = laboratory.onMaster();
        var insert =
            connection.prepareStatement("insert into public.probe values (?, ?, 'a single row')")) {
      var pause = 1_000_000_000L / perSecond;
      var next = System.nanoTime();
      for (var n = 0; n < rows(); n++) {
        insert.setInt(1, client);
        insert.setInt(2, n);
        insert.executeUpdate();
        committed.set(n, System.nanoTime());
        next += pause;
        LockSupport.parkNanos(next - System.nanoTime());
      }
    } catch (SQLException e) {
      failure = e;
    }
  }

  int rows() {
    return committed.length();
  }

  /** When the row's commit was through, by {@link System#nanoTime}. */
  long committedAt(int n) {
    return committed.get(n);
  }

  /** Waits for the end, and fails if the writer did. */
  void await() throws SQLException {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
  }
}
