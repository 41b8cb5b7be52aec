package io.kreplica;

import io.kreplica.postgres.InstallScript;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * One server of each version for all test classes that only need a database of their own; it runs
 * until the JVM ends. Tests that stop or kill a server start their own.
 */
public final class SharedPostgres {

  private static final Map<PostgresVersion, PostgresServer> SERVERS =
      new EnumMap<>(PostgresVersion.class);

  private static final Map<Installed, String> TEMPLATES = new HashMap<>();

  private SharedPostgres() {}

  /** A script on a server: the same objects, not such as look alike. */
  private record Installed(PostgresServer server, InstallScript script) {}

  /** The server of a version, started when it is first asked for. */
  public static synchronized PostgresServer of(PostgresVersion version) {
    return SERVERS.computeIfAbsent(version, SharedPostgres::start);
  }

  /**
   * Creates a database with a script installed: on one of these servers as a copy of one where it
   * has run, on any other by running it.
   */
  public static synchronized void create(
      PostgresServer server, String database, InstallScript script) throws SQLException {
    if (!SERVERS.containsValue(server)) {
      install(server, database, script);
      return;
    }
    var installed = new Installed(server, script);
    if (!TEMPLATES.containsKey(installed)) {
      var template = "installed" + TEMPLATES.size();
      install(server, template, script);
      TEMPLATES.put(installed, template);
    }
    try (var session = server.connect("postgres");
        var statement = session.createStatement()) {
      // From 15 on, files that are copied cost half of pages that are logged.
      var before15 = session.getMetaData().getDatabaseMajorVersion() < 15;
      statement.execute(
          "create database "
              + database
              + " template "
              + TEMPLATES.get(installed)
              + (before15 ? "" : " strategy file_copy"));
    }
  }

  private static void install(PostgresServer server, String database, InstallScript script)
      throws SQLException {
    server.createDatabase(database);
    try (var session = server.connect(database)) {
      script.run(session);
    }
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
