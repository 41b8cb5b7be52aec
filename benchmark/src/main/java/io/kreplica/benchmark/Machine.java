package io.kreplica.benchmark;

import com.sun.management.OperatingSystemMXBean;
import io.kreplica.stack.PostgresServer;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import org.apache.kafka.common.utils.AppInfoParser;

/** What the figures were taken on; without it they mean nothing. */
final class Machine {

  private Machine() {}

  static String describe(PostgresServer server) throws SQLException {
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return String.format(
        "Machine: %d cores, %d GiB memory, %s %s%n"
            + "Versions: Java %s, PostgreSQL %s, Kafka %s%n"
            + "Settings: PostgreSQL's defaults (durable commits), worker and broker -Xmx%s, connectors"
            + " as in config/",
        system.getAvailableProcessors(),
        Math.round(system.getTotalMemorySize() / 1024.0 / 1024 / 1024),
        system.getName(),
        system.getArch(),
        System.getProperty("java.version"),
        version(server),
        AppInfoParser.getVersion(),
        Benchmark.WORKER_HEAP);
  }

  private static String version(PostgresServer server) throws SQLException {
    try (var connection = server.connect("postgres")) {
      return connection.getMetaData().getDatabaseProductVersion();
    }
  }
}
