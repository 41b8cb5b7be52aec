package io.kreplica.e2e;

import io.kreplica.stack.ConnectWorker;
import java.sql.SQLException;

/** What becomes of the worker that a task is on, while the other worker takes the task over. */
@FunctionalInterface
interface Fate {

  /** It is stopped in good order, and comes back. */
  Fate STOPPED =
      (worker, isMoved) -> {
        worker.stop();
        isMoved.await();
        worker.restart();
      };

  /** It is killed, and comes back. */
  Fate KILLED =
      (worker, isMoved) -> {
        worker.kill();
        isMoved.await();
        worker.restart();
      };

  /** It sleeps until its task is at work elsewhere, and wakes without knowing. */
  Fate ASLEEP =
      (worker, isMoved) -> {
        worker.suspend();
        try {
          isMoved.await();
        } finally {
          worker.resume();
        }
      };

  /**
   * Strikes.
   *
   * @param isMoved waits until the task is at work on the other worker
   */
  void strike(ConnectWorker worker, Moved isMoved) throws SQLException;

  /** That a task is at work on the other worker. */
  @FunctionalInterface
  interface Moved {
    void await() throws SQLException;
  }
}
