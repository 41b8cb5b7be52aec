package io.kreplica.benchmark;

import io.kreplica.stack.ConnectRest;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A source and a sink connector on the worker. */
final class ConnectorPair {

  private static final Duration RUNNING_TIMEOUT = Duration.ofSeconds(60);

  private final Laboratory laboratory;
  private final String source;
  private final String sink;

  ConnectorPair(Laboratory laboratory) {
    this.laboratory = laboratory;
    this.source = laboratory.database() + "-source";
    this.sink = laboratory.database() + "-sink";
  }

  /** Creates both, and waits until their tasks run. */
  void start(Map<String, String> sourceConfig, Map<String, String> sinkConfig) {
    start(source, sourceConfig);
    start(sink, sinkConfig);
  }

  private void start(String connector, Map<String, String> config) {
    rest().create(connector, config);
    rest().awaitRunning(connector, RUNNING_TIMEOUT);
  }

  /** Stops both, and waits until their tasks are gone. */
  void stop() {
    for (var connector : List.of(source, sink)) {
      rest().stop(connector);
      rest().awaitStopped(connector, RUNNING_TIMEOUT);
    }
  }

  /** Starts both again; they do not run yet when this returns. */
  void resume() {
    rest().resume(source);
    rest().resume(sink);
  }

  /**
   * Looks at both.
   *
   * @throws IllegalStateException if one has failed, or the worker has died
   */
  void refuseFailure() {
    var worker = laboratory.stack().worker();
    if (!worker.isRunning()) {
      throw new IllegalStateException("The worker has died. See " + worker.log());
    }
    for (var connector : List.of(source, sink)) {
      var status = rest().status(connector);
      if (status.filter(s -> s.isFailed()).isPresent()) {
        throw new IllegalStateException(connector + ": " + status.get());
      }
    }
  }

  void delete() {
    for (var connector : List.of(sink, source)) {
      if (rest().status(connector).isPresent()) {
        rest().delete(connector);
      }
    }
  }

  private ConnectRest rest() {
    return laboratory.stack().rest();
  }
}
