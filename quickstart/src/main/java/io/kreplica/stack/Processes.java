package io.kreplica.stack;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waiting for processes to end; they are known by their ids, never by name. */
final class Processes {

  private static final long POLL_NANOS = 10_000_000;

  private Processes() {}

  /**
   * Waits until the process has ended.
   *
   * @throws IllegalStateException if it is still there after the timeout
   */
  static void awaitEnd(ProcessHandle process, Duration timeout) {
    // Not onExit(): for a process that is no child of this one it looks but once a second.
    var deadline = System.nanoTime() + timeout.toNanos();
    while (process.isAlive()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "Process " + process.pid() + " has not ended after " + timeout.toSeconds() + " s");
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
