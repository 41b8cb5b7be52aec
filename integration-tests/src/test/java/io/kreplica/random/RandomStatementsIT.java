package io.kreplica.random;

import io.kreplica.stack.PostgresVersion;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random statements on random schemas, one world after the other until the time is up: {@code
 * -Dkreplica.random.seconds=} for each test. {@code -Dkreplica.seed=} names the first world's seed;
 * the next ones count up from it.
 */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class RandomStatementsIT {

  private static final int SECONDS = 12;

  private final PostgresVersion version;

  RandomStatementsIT(PostgresVersion version) {
    this.version = version;
  }

  @Test
  void whatASlaveShowsIsAlwaysAStateThatTheMasterHad() throws Exception {
    live(1);
  }

  @Test
  void severalSessionsAtOnceArriveIdenticalAndNeverTorn() throws Exception {
    live(3);
  }

  private void live(int sessions) throws Exception {
    long seed = Long.getLong("kreplica.seed", 20_260_101L);
    var end =
        Instant.now().plus(Duration.ofSeconds(Long.getLong("kreplica.random.seconds", SECONDS)));
    var last = seed - 1;
    var statements = 0;
    var commits = 0;
    do {
      last++;
      try (var world = new RandomWorld(version, last, sessions)) {
        world.live();
        statements += world.statements();
        commits += world.commits();
      }
    } while (Instant.now().isBefore(end));
    System.out.printf(
        "RandomStatementsIT: seeds %d to %d on %s with %d sessions (choose with -Dkreplica.seed=):"
            + " %d statements, %d commits of the slave%n",
        seed, last, version, sessions, statements, commits);
    Transcript.mistakes().forEach((mistake, times) -> System.out.println(times + " x " + mistake));
  }
}
