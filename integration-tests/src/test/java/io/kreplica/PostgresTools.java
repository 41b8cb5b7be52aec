package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.stack.PostgresServer;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * PostgreSQL's own pg_dump and pg_restore, where the machine has them: on the PATH, or where Debian
 * and its like put them. The servers that tests start come without.
 */
final class PostgresTools {

  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

  private PostgresTools() {}

  /** Skips the test, and says so, where there are no tools. */
  static void assumePresent() {
    if (find("pg_dump").isEmpty() || find("pg_restore").isEmpty()) {
      System.err.println("SKIPPED: no pg_dump and pg_restore on the PATH or in " + DEBIAN);
      Assumptions.abort("There is no pg_dump, or no pg_restore, on this machine");
    }
  }

  /** Dumps a database into a file, in the custom format. */
  static void dump(PostgresServer server, String database, Path file, String... options)
      throws IOException, InterruptedException {
    run("pg_dump", server, database, List.of(), file, options);
  }

  /** Restores a dump into a database, without a single error or warning. */
  static void restore(PostgresServer server, String database, Path file, String... options)
      throws IOException, InterruptedException {
    restoreAs("", server, database, file, options);
  }

  /** Restores a dump in sessions with settings, such as {@code -c name=value}. */
  static void restoreAs(
      String settings, PostgresServer server, String database, Path file, String... options)
      throws IOException, InterruptedException {
    run("pg_restore", server, database, List.of(settings), file, options);
  }

  private static void run(
      String tool,
      PostgresServer server,
      String database,
      List<String> settings,
      Path file,
      String... options)
      throws IOException, InterruptedException {
    var command =
        new ArrayList<>(
            List.of(
                find(tool).get(0).toString(),
                "--host=127.0.0.1",
                "--port=" + server.port(),
                "--username=postgres",
                "--dbname=" + database));
    command.addAll(List.of(options));
    command.addAll(
        tool.equals("pg_dump")
            ? List.of("--format=custom", "--file=" + file)
            : List.of(file.toString()));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PGOPTIONS", String.join(" ", settings));
    var process = builder.start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).isEmpty();
  }

  /** Where a tool is, the newest first. */
  private static List<Path> find(String tool) {
    var path = System.getenv().getOrDefault("PATH", "").split(File.pathSeparator);
    return Stream.concat(debian(), Arrays.stream(path).map(Path::of))
        .map(directory -> directory.resolve(tool))
        .filter(Files::isExecutable)
        .toList();
  }

  private static Stream<Path> debian() {
    try (var versions = Files.list(DEBIAN)) {
      return versions
          .sorted((one, other) -> other.compareTo(one))
          .map(version -> version.resolve("bin"))
          .toList()
          .stream();
    } catch (IOException e) {
      return Stream.empty();
    }
  }
}
