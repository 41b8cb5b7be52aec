package io.kreplica.benchmark;

import io.kreplica.stack.DatabaseServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Slony-I's log trigger in C, put on the tables of a set by slonik; no daemon runs. */
final class SlonyCapture implements Capture {

  @Override
  public String title() {
    return "Slony-I";
  }

  @Override
  public void track(DatabaseServer server, String database, List<String> tables) {
    var script = new StringBuilder();
    script.append("cluster name = benchmark;\n");
    script.append(
        String.format(
            "node 1 admin conninfo = 'host=127.0.0.1 port=%d dbname=%s user=postgres';%n",
            server.port(), database));
    script.append("init cluster (id = 1, comment = 'master');\n");
    script.append("create set (id = 1, origin = 1, comment = 'all');\n");
    for (var i = 0; i < tables.size(); i++) {
      script.append(
          String.format(
              "set add table (set id = 1, origin = 1, id = %d, fully qualified name = '%s');%n",
              i + 1, tables.get(i)));
    }
    slonik(script.toString());
  }

  private static void slonik(String script) {
    try {
      var slonik = new ProcessBuilder("slonik").redirectErrorStream(true).start();
      try (var input = slonik.getOutputStream()) {
        input.write(script.getBytes(StandardCharsets.UTF_8));
      }
      var printed = new String(slonik.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (slonik.waitFor() != 0) {
        throw new IllegalStateException("Cannot set up Slony-I: " + printed);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot run slonik", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while slonik runs", e);
    }
  }
}
