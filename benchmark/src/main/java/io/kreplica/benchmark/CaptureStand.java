package io.kreplica.benchmark;

import io.kreplica.stack.DatabaseServer;
import io.kreplica.stack.InstalledPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A server with a database for each capture, all of them alike otherwise. It is the stack's master;
 * or, for peers that are extensions in C, the PostgreSQL that is installed on this machine, if it
 * has them.
 */
final class CaptureStand implements AutoCloseable {

  private static final String PGQ_LIBRARY = "pgq_triggers";
  private static final String SLONY_LIBRARY = "slony1_funcs";

  private final DatabaseServer server;
  private final Optional<InstalledPostgres> installed;
  private final List<Capture> captures = new ArrayList<>();

  /** What there is to capture changes of. */
  interface Tables {

    void create(Connection connection) throws SQLException;
  }

  /** Prepares the databases; {@link #connect} leads to them. */
  CaptureStand(Stand stand, String name, Tables creation, List<String> tables) throws SQLException {
    captures.add(new KReplicaCapture());
    var home = InstalledPostgres.home();
    if (stand.wants("pgq") && isThere(home, PGQ_LIBRARY, "PgQ", "postgresql-%s-pgq3")) {
      captures.add(new PgqCapture());
    }
    if (stand.wants("slony")
        && isThere(home, SLONY_LIBRARY, "Slony-I", "postgresql-%s-slony1-2 slony1-2-bin")) {
      captures.add(new SlonyCapture());
    }
    installed =
        captures.size() == 1
            ? Optional.empty()
            : home.map(h -> InstalledPostgres.start(h, stand.stack().directory().resolve(name)));
    if (installed.isPresent()) {
      System.out.println("  on the installed PostgreSQL " + home.orElseThrow().getFileName());
    }
    server = installed.isPresent() ? installed.get() : stand.stack().master();
    captures.add(new NoCapture());
    try {
      for (var capture : captures) {
        prepare(capture, creation, tables);
      }
    } catch (SQLException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private static boolean isThere(Optional<Path> home, String library, String who, String packages) {
    var version = home.map(h -> h.getFileName().toString()).orElse("15");
    var isThere = home.filter(h -> has(h, library)).isPresent();
    if (!isThere) {
      System.out.printf(
          "  Cannot measure %s: it is not installed. Install Debian's %s.%n",
          who, String.format(packages, version));
    }
    return isThere;
  }

  private static boolean has(Path home, String library) {
    try (var files = Files.list(home.resolve("lib"))) {
      return files.anyMatch(file -> file.getFileName().toString().startsWith(library));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look for extensions of " + home, e);
    }
  }

  private void prepare(Capture capture, Tables creation, List<String> tables) throws SQLException {
    server.createDatabase(database(capture));
    try (var connection = connect(capture)) {
      creation.create(connection);
    }
    capture.track(server, database(capture), tables);
  }

  private static String database(Capture capture) {
    return "cost_" + capture.title().toLowerCase(Locale.ROOT).replaceAll("\\W", "_");
  }

  /** KReplica's, then peers', and last of all none. */
  List<Capture> captures() {
    return captures;
  }

  /** Opens a session of the capture's database. */
  Connection connect(Capture capture) throws SQLException {
    return server.connect(database(capture));
  }

  @Override
  public void close() {
    captures.forEach(capture -> server.dropDatabase(database(capture)));
    installed.ifPresent(InstalledPostgres::close);
  }
}
