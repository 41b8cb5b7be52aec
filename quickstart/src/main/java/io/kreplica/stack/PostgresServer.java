package io.kreplica.stack;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A real PostgreSQL server of its own data directory, listening on localhost, with PostgreSQL's own
 * durability: a commit is on disk, so that a killed server comes back with all of them. Its
 * superuser is {@code postgres}. Not thread-safe, except for connecting.
 */
public final class PostgresServer implements DatabaseServer {

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);

  private final PostgresVersion version;
  private final Path directory;
  private final boolean temporary;
  private final int port;
  private final Map<String, String> settings;
  private final List<String> accessRules;
  private EmbeddedPostgres server;

  private PostgresServer(Builder builder) {
    this.version = builder.version;
    this.temporary = builder.directory == null;
    this.directory =
        temporary ? Directories.createTemporary("kreplica-postgres-") : builder.directory;
    this.port = builder.port == 0 ? Ports.free() : builder.port;
    this.settings = Map.copyOf(builder.settings);
    this.accessRules = builder.accessRules;
  }

  /** Starts a server on a free port, in a temporary directory that is deleted when it is closed. */
  public static PostgresServer start(PostgresVersion version) {
    return builder(version).start();
  }

  public static Builder builder(PostgresVersion version) {
    return new Builder(version);
  }

  /** What a server may be given before it starts. */
  public static final class Builder {

    private final PostgresVersion version;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private Path directory;
    private int port;
    private List<String> accessRules = List.of();

    private Builder(PostgresVersion version) {
      this.version = version;
      settings.put("fsync", "on");
      settings.put("synchronous_commit", "on");
      settings.put("full_page_writes", "on");
      settings.put("max_connections", "100");
      settings.put("unix_socket_directories", "");
    }

    /** The directory for the data and the server's log, which is kept when the server is closed. */
    public Builder directory(Path directory) {
      this.directory = directory;
      return this;
    }

    public Builder port(int port) {
      this.port = port;
      return this;
    }

    /** A server setting, as in {@code postgresql.conf}; its value must not hold a space. */
    public Builder setting(String name, String value) {
      settings.put(name, value);
      return this;
    }

    /** Every role but the superuser must show its password; else all are trusted. */
    public Builder requirePasswords() {
      return accessRules("host all postgres localhost trust", "host all all localhost md5");
    }

    /** Who may connect and how, as the lines of {@code pg_hba.conf}; without them, everybody. */
    public Builder accessRules(String... lines) {
      this.accessRules = List.of(lines);
      return this;
    }

    public PostgresServer start() {
      var server = new PostgresServer(this);
      server.launch();
      return server;
    }
  }

  private void launch() {
    Directories.create(directory);
    var log = ProcessBuilder.Redirect.appendTo(log().toFile());
    var builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(data())
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setPgBinaryResolver(version.binaries())
            .setPGStartupWait(STOP_TIMEOUT)
            .setOutputRedirector(log)
            .setErrorRedirector(log)
            .setPort(port);
    settings.forEach(builder::setServerConfig);
    if (!accessRules.isEmpty()) {
      builder.setDataDirectoryCustomizer(this::writeAccessRules);
    }
    try {
      server = builder.start();
    } catch (IOException | IllegalStateException e) {
      throw new IllegalStateException(
          "Cannot start PostgreSQL on port " + port + ": " + e.getMessage() + ". See " + log(), e);
    }
  }

  private void writeAccessRules(File data) {
    try {
      Files.write(data.toPath().resolve("pg_hba.conf"), accessRules);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public Path log() {
    return directory.resolve("server.log");
  }

  private Path data() {
    return directory.resolve("data");
  }

  /** Shuts down as {@code pg_ctl stop -m fast} does: sessions end, commits are kept. */
  public void stop() {
    var processes = processes();
    release();
    processes.forEach(p -> Processes.awaitEnd(p, STOP_TIMEOUT));
  }

  /** Kills the server and all its sessions on the spot, as a crash of the machine would. */
  public void kill() {
    var processes = processes();
    processes.forEach(ProcessHandle::destroyForcibly);
    processes.forEach(p -> Processes.awaitEnd(p, STOP_TIMEOUT));
    forget();
    release();
  }

  /** Stops the server and all its sessions on the spot as SIGSTOP does: nothing answers. */
  public void suspend() {
    // The postmaster first; sessions that it began meanwhile are found by looking again.
    processes().forEach(Processes::suspend);
    processes().forEach(Processes::suspend);
  }

  /** Lets the server go on after {@link #suspend}, as if nothing had been. */
  public void resume() {
    processes().forEach(Processes::resume);
  }

  /** Starts again on the same data and port, after a stop or a kill. */
  public void restart() {
    launch();
  }

  private Path pidFile() {
    return data().resolve("postmaster.pid");
  }

  private void release() {
    try {
      if (server != null) {
        server.close();
        server = null;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot stop PostgreSQL on port " + port, e);
    }
  }

  /** A next postmaster would take a killed one that nobody has reaped for a running one. */
  private void forget() {
    try {
      Files.deleteIfExists(pidFile());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + pidFile(), e);
    }
  }

  /** The postmaster first, then its children; empty if it does not run. */
  public List<ProcessHandle> processes() {
    var processes = new ArrayList<ProcessHandle>();
    if (server != null && Files.exists(pidFile())) {
      try (var lines = Files.lines(pidFile())) {
        lines
            .findFirst()
            .map(String::strip)
            .map(Long::valueOf)
            .flatMap(ProcessHandle::of)
            .ifPresent(
                postmaster -> {
                  processes.add(postmaster);
                  postmaster.descendants().forEach(processes::add);
                });
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + pidFile(), e);
      }
    }
    return processes;
  }

  /** Stops the server, if it runs, and deletes its directory, if that is a temporary one. */
  @Override
  public void close() {
    stop();
    if (temporary) {
      Directories.delete(directory);
    }
  }
}
