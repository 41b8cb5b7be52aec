package io.kreplica.source;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.MDC;

/**
 * Reads on a thread of its own, one step ahead: while Connect sends what it was given, the next
 * records are read, and however long the master takes, the task's thread never waits longer than it
 * wants to. Connect stops a task only between polls.
 *
 * @param <T> what a step yields
 */
final class ReadAhead<T> implements AutoCloseable {

  private static final Duration GRACE = Duration.ofMillis(500);

  private final Callable<T> step;
  private final ExecutorService reader;
  private Future<T> next;

  /**
   * Starts the thread, not yet the first step.
   *
   * @param name names the thread
   * @param step runs on the thread, never twice at a time
   */
  ReadAhead(String name, Callable<T> step) {
    // Connect's log context (which connector, which task) belongs to the thread; hand it on.
    var context = MDC.getCopyOfContextMap();
    this.step = step;
    this.reader =
        Executors.newSingleThreadExecutor(
            work -> {
              var thread =
                  new Thread(
                      () -> {
                        MDC.setContextMap(context == null ? Map.of() : context);
                        work.run();
                      },
                      name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * What the step under way yields, and the next one starts; empty if it takes longer.
   *
   * @throws ConnectException what the step threw
   */
  Optional<T> next(Duration atMost) throws InterruptedException {
    if (next == null) {
      next = reader.submit(step);
    }
    try {
      var result = next.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
      next = reader.submit(step);
      return Optional.of(result);
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      next = null;
      if (e.getCause() instanceof ConnectException cause) {
        throw cause;
      }
      throw new ConnectException("Cannot read the log: " + e.getCause().getMessage(), e.getCause());
    }
  }

  /** Ends the thread; a step that does not end within half a second is left to itself. */
  @Override
  public void close() {
    reader.shutdownNow();
    try {
      reader.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
