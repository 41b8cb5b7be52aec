package io.kreplica;

import static org.awaitility.Awaitility.await;

import io.kreplica.stack.Directories;
import io.kreplica.stack.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A PgBouncer before a PostgreSQL server, where one is installed on this machine. */
final class PgBouncer implements AutoCloseable {

  private static final List<String> PLACES =
      List.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer");

  private final Path directory;
  private final int port;
  private final Process process;

  private PgBouncer(Path directory, int port, Process process) {
    this.directory = directory;
    this.port = port;
    this.process = process;
  }

  /** Its program; empty if it is not installed. */
  static Optional<Path> program() {
    return PLACES.stream().map(Path::of).filter(Files::isExecutable).findFirst();
  }

  /**
   * Starts one.
   *
   * @param poolMode session, transaction or statement
   * @param serverPort where PostgreSQL listens, on this machine
   */
  static PgBouncer start(String poolMode, int serverPort) throws IOException {
    var directory = Directories.createTemporary("kreplica-pgbouncer-");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    var port = Ports.free();
    var users = directory.resolve("users.txt");
    Files.writeString(users, "\"source_login\" \"secret\"\n\"sink_login\" \"secret\"\n");
    var ini = directory.resolve("pgbouncer.ini");
    Files.writeString(
        ini,
        String.join(
            "\n",
            "[databases]",
            "* = host=127.0.0.1 port=" + serverPort,
            "[pgbouncer]",
            "listen_addr = 127.0.0.1",
            "listen_port = " + port,
            "unix_socket_dir =",
            "auth_type = trust",
            "auth_file = " + users,
            "pool_mode = " + poolMode,
            "ignore_startup_parameters = extra_float_digits, options",
            ""));
    var command = new ArrayList<>(List.of(program().orElseThrow().toString(), "--quiet"));
    command.add(ini.toString());
    if (System.getProperty("user.name").equals("root")) {
      // It refuses to be root.
      command.addAll(List.of("--user", "nobody"));
    }
    var log = directory.resolve("pgbouncer.log").toFile();
    var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    await().until(() -> !Ports.isFree(port) || !process.isAlive());
    if (!process.isAlive()) {
      throw new IOException("PgBouncer did not start: " + Files.readString(log.toPath()));
    }
    return new PgBouncer(directory, port, process);
  }

  /** The JDBC URL of a database, through it. */
  String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  @Override
  public void close() {
    process.destroy();
    await().until(() -> !process.isAlive());
    Directories.delete(directory);
  }
}
