package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Nothing waits or decides by the machine's clock, which may be set back while a task runs. */
class WallClockTest {

  private static final Pattern WALL_CLOCK =
      Pattern.compile("Clock\\.system|Instant\\.now|currentTimeMillis|new Date\\(\\)");

  private static final List<String> MODULES =
      List.of("record", "source-connector", "sink-connector");

  @Test
  void onlyTheSteadyClocksStartAndTheTimeOfCopiedRowsAreTakenFromIt() throws IOException {
    var uses = new ArrayList<String>();
    for (var module : MODULES) {
      var sources = Path.of(System.getProperty("kreplica.root"), module, "src/main/java");
      try (var files = Files.walk(sources)) {
        for (var file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          if (WALL_CLOCK.matcher(Files.readString(file)).find()) {
            uses.add(file.getFileName().toString());
          }
        }
      }
    }

    assertThat(uses).containsExactlyInAnyOrder("SteadyClock.java", "MasterSession.java");
  }
}
