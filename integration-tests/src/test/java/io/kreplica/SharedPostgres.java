package io.kreplica;

import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.util.EnumMap;
import java.util.Map;

/**
 * One server of each version for all test classes that only need a database of their own; it runs
 * until the JVM ends. Tests that stop or kill a server start their own.
 */
public final class SharedPostgres {

  private static final Map<PostgresVersion, PostgresServer> SERVERS =
      new EnumMap<>(PostgresVersion.class);

  private SharedPostgres() {}

  /** The server of a version, started when it is first asked for. */
  public static synchronized PostgresServer of(PostgresVersion version) {
    return SERVERS.computeIfAbsent(version, SharedPostgres::start);
  }

  /** Drops a test's database if it is on one of these servers, so that they stay small. */
  public static synchronized void drop(PostgresServer server, String database) {
    if (SERVERS.containsValue(server)) {
      server.dropDatabase(database);
    }
  }

  private static PostgresServer start(PostgresVersion version) {
    // Nobody kills these servers, so that nothing need be on disk.
    var server =
        PostgresServer.builder(version)
            .setting("fsync", "off")
            .setting("full_page_writes", "off")
            // Little memory, where their directories are in memory.
            .setting("max_wal_size", "256MB")
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop-" + version));
    return server;
  }
}
