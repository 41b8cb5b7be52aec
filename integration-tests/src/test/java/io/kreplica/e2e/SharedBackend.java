package io.kreplica.e2e;

import java.util.Map;

/**
 * One backend of a usual worker, whose connectors may refer to files, for all test classes that
 * leave its servers alone; it runs until the JVM ends. Tests that stop or kill a server start their
 * own.
 */
final class SharedBackend {

  private static final Map<String, String> WORKER_SETTINGS =
      Map.of(
          "config.providers", "file",
          "config.providers.file.class",
              "org.apache.kafka.common.config.provider.FileConfigProvider");

  private static Backend backend;

  private SharedBackend() {}

  /** The backend, started when it is first asked for. */
  static synchronized Backend get() {
    if (backend == null) {
      backend = Backend.start(WORKER_SETTINGS);
      Runtime.getRuntime().addShutdownHook(new Thread(backend::close, "stop-backend"));
    }
    return backend;
  }
}
