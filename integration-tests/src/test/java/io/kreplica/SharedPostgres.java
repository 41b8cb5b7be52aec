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

  private static PostgresServer start(PostgresVersion version) {
    var server = PostgresServer.start(version);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop-" + version));
    return server;
  }
}
