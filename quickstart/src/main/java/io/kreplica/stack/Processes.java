package io.kreplica.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Signals to processes, and waiting for their end; they are known by their ids, never by name. */
final class Processes {

  private static final Duration POLL = Duration.ofMillis(10);

  private Processes() {}

  /**
   * Waits until the process has ended.
   *
   * @throws IllegalStateException if it is still there after the timeout
   */
  static void awaitEnd(ProcessHandle process, Duration timeout) {
    // Not onExit(): for a process that is no child of this one it looks but once a second.
    var deadline = System.nanoTime() + timeout.toNanos();
    while (isRunning(process)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "Process " + process.pid() + " has not ended after " + timeout.toSeconds() + " s");
      }
      pause(POLL);
    }
  }

  /** Stops the process on the spot without ending it, as SIGSTOP does, until {@link #resume}. */
  static void suspend(ProcessHandle process) {
    signal(process, "STOP");
  }

  /** Lets a suspended process go on, as SIGCONT does. */
  static void resume(ProcessHandle process) {
    signal(process, "CONT");
  }

  /** Asks the process to end, as SIGINT does; whoever runs it decides how. */
  static void interrupt(ProcessHandle process) {
    signal(process, "INT");
  }

  private static void signal(ProcessHandle process, String signal) {
    try {
      var kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
      if (kill.waitFor() != 0 && isRunning(process)) {
        throw new IllegalStateException("Cannot send " + signal + " to process " + process.pid());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot run kill", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while sending " + signal, e);
    }
  }

  /** Waits a moment between two looks at a process. */
  static void pause(Duration pause) {
    LockSupport.parkNanos(pause.toNanos());
  }

  /** Whether the process runs; one that has ended but that its parent has not reaped does not. */
  static boolean isRunning(ProcessHandle process) {
    if (!process.isAlive()) {
      return false;
    }
    try {
      var status = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return !status.substring(status.lastIndexOf(')')).startsWith(") Z");
    } catch (IOException e) {
      // Gone in between, or a system without /proc.
      return process.isAlive();
    }
  }
}
