package io.kreplica.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.stream.Collectors;

/**
 * One side's SQL as a single text. The scripts in {@code sql/} are written for psql, one object a
 * file, with {@code install.sql} as their contents page; the build bundles each side into one
 * resource, which the connectors carry and this class runs. Both ways execute the same statements.
 */
public final class InstallScript {

  private static final String INCLUDE = "\\ir ";
  private static final String BEGIN = "begin;";
  private static final String COMMIT = "commit;";

  private final String sql;

  private InstallScript(String sql) {
    this.sql = sql;
  }

  /**
   * Reads a script as psql would: {@code \ir file} is replaced by that file, relative to the
   * script; psql's other commands are left out.
   *
   * @throws UncheckedIOException if a file cannot be read
   */
  public static InstallScript ofFile(Path script) {
    var sql = new StringBuilder();
    append(script, sql);
    return new InstallScript(sql.toString());
  }

  /**
   * Reads a script that the build has bundled.
   *
   * @param owner a class of the jar that carries it
   * @param resource its absolute name, such as {@code /kreplica/master-install.sql}
   */
  public static InstallScript ofResource(Class<?> owner, String resource) {
    try (InputStream in = owner.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("The jar of " + owner.getName() + " lacks " + resource);
      }
      return new InstallScript(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void append(Path script, StringBuilder sql) {
    try {
      for (var line : Files.readAllLines(script)) {
        if (line.startsWith(INCLUDE)) {
          append(script.resolveSibling(line.substring(INCLUDE.length()).strip()), sql);
        } else if (!line.startsWith("\\")) {
          sql.append(line).append('\n');
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs the script: what its lines {@code begin;} and {@code commit;} enclose in one transaction,
   * which must be able to create its objects, and what stands before or behind them outside of one.
   * A script without these lines runs in one transaction whole.
   *
   * @param connection in no transaction
   */
  public void run(Connection connection) throws SQLException {
    var begin = sql.indexOf("\n" + BEGIN + "\n");
    var end = sql.indexOf("\n" + COMMIT + "\n");
    if (begin < 0 || end < 0) {
      runInTransaction(connection, sql);
      return;
    }
    runOutsideOfTransactions(connection, sql.substring(0, begin));
    runInTransaction(connection, sql.substring(begin + BEGIN.length() + 1, end));
    runOutsideOfTransactions(connection, sql.substring(end + COMMIT.length() + 1));
  }

  private static void runInTransaction(Connection connection, String sql) throws SQLException {
    var autoCommit = connection.getAutoCommit();
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(autoCommit);
    }
  }

  private static void runOutsideOfTransactions(Connection connection, String sql)
      throws SQLException {
    var statements =
        sql.lines().filter(line -> !line.startsWith("--")).collect(Collectors.joining("\n"));
    if (statements.isBlank()) {
      return;
    }
    var autoCommit = connection.getAutoCommit();
    connection.setAutoCommit(true);
    try (var statement = connection.createStatement()) {
      statement.execute(statements);
    } finally {
      connection.setAutoCommit(autoCommit);
    }
  }

  /** The whole script. */
  public String sql() {
    return sql;
  }

  /**
   * Bundles a script at build time.
   *
   * @param args the script, and the file to write
   */
  public static void main(String[] args) throws IOException {
    var bundle = Path.of(args[1]);
    Files.createDirectories(bundle.getParent());
    Files.writeString(bundle, ofFile(Path.of(args[0])).sql());
  }
}
