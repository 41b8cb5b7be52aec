package io.kreplica.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A server of the PostgreSQL that is installed on this machine, where extensions may be that the
 * embedded one has not. It runs with PostgreSQL's defaults in a data directory of its own, on a
 * free port, beside whatever else runs.
 */
public final class InstalledPostgres implements DatabaseServer {

  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(50);

  /** Where Debian and what descends from it have PostgreSQL, a directory for each version. */
  private static final Path HOMES = Path.of("/usr/lib/postgresql");

  private final Path home;
  private final Path directory;
  private final int port = Ports.free();
  private Process process;

  private InstalledPostgres(Path home, Path directory) {
    this.home = home;
    this.directory = Directories.create(directory);
  }

  /** The directory of the newest version that is installed, whose name is the version. */
  public static Optional<Path> home() {
    if (!Files.isDirectory(HOMES)) {
      return Optional.empty();
    }
    try (var versions = Files.list(HOMES)) {
      return versions
          .filter(version -> Files.isExecutable(version.resolve("bin/postgres")))
          .filter(version -> version.getFileName().toString().matches("\\d+"))
          .max(Comparator.comparing(version -> Integer.valueOf(version.getFileName().toString())));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + HOMES, e);
    }
  }

  /**
   * Creates a cluster and starts its server.
   *
   * @param home what {@link #home} found
   * @param directory where data and log go
   */
  public static InstalledPostgres start(Path home, Path directory) {
    var server = new InstalledPostgres(home, directory);
    server.initialize();
    server.launch();
    return server;
  }

  private void initialize() {
    try {
      var initdb = run("initdb", "-D", data().toString(), "-A", "trust", "-U", "postgres");
      if (initdb.waitFor() != 0) {
        throw new IllegalStateException("Cannot create a PostgreSQL cluster. See " + log());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while initdb runs", e);
    }
  }

  private void launch() {
    process =
        run(
            "postgres",
            "-D",
            data().toString(),
            "-p",
            Integer.toString(port),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=");
    var deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        close();
        throw new IllegalStateException(
            "Cannot start PostgreSQL on port " + port + ". See " + log());
      }
      Processes.pause(POLL);
    }
  }

  private boolean answers() {
    try (var connection = connect("postgres")) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  private Process run(String program, String... arguments) {
    var command = new ArrayList<String>();
    if ("root".equals(System.getProperty("user.name"))) {
      // PostgreSQL refuses to run as root, but not as what root is in a namespace of its own.
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(home.resolve("bin").resolve(program).toString());
    command.addAll(List.of(arguments));
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot run " + program, e);
    }
  }

  private Path data() {
    return directory.resolve("data");
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public Path log() {
    return directory.resolve("server.log");
  }

  /** Shuts down as {@code pg_ctl stop -m fast} does. */
  @Override
  public void close() {
    Processes.interrupt(process.toHandle());
    Processes.awaitEnd(process.toHandle(), STOP_TIMEOUT);
  }
}
