package io.kreplica.e2e;

import io.kreplica.stack.ConnectRest;
import io.kreplica.stack.ConnectWorker;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;

/**
 * Where the servers of a test run: embedded on this machine by default, or, with {@code
 * -Dkreplica.backend=testcontainers}, PostgreSQL and Kafka in containers. The worker always is a
 * process of this machine, whose connectors are those that were just built.
 */
interface Backend extends AutoCloseable {

  Database master();

  Database slave();

  ConnectWorker worker();

  /** Where clients of Kafka connect to. */
  String bootstrapServers();

  default ConnectRest rest() {
    return worker().rest();
  }

  @Override
  void close();

  /** Starts the servers, with a worker of a usual size. */
  static Backend start(Map<String, String> workerSettings) {
    return start(workerSettings, "512m");
  }

  /**
   * Starts the servers that the property asks for. Where it asks for containers and there is no
   * engine, the tests are skipped, and say so.
   *
   * @param workerSettings properties of the worker, besides the usual ones
   * @param workerHeap its largest heap, as {@code -Xmx} takes it
   */
  static Backend start(Map<String, String> workerSettings, String workerHeap) {
    var wanted = System.getProperty("kreplica.backend", "embedded");
    return switch (wanted) {
      case "embedded" -> new EmbeddedBackend(workerSettings, workerHeap);
      case "testcontainers" -> {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
          var message =
              "SKIPPED: kreplica.backend=testcontainers, but there is no container engine";
          System.out.println(message);
          Assumptions.abort(message);
        }
        yield new ContainerBackend(workerSettings, workerHeap);
      }
      default ->
          throw new IllegalArgumentException(
              "kreplica.backend is embedded or testcontainers, not '" + wanted + "'");
    };
  }
}
