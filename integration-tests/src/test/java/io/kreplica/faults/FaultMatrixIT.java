package io.kreplica.faults;

import io.kreplica.e2e.Seeds;
import io.kreplica.faults.Trial.Strike;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each fault at each moment: whatever breaks between a statement and its answer, master and slave
 * are equal in the end, nothing was applied twice, and all that the slave showed on the way were
 * states of the master. By default a few trials, drawn anew each time; {@code
 * -Dkreplica.faults=all} makes all of them, a number as many, and a regular expression those in
 * whose name it is found.
 */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class FaultMatrixIT {

  private static final String WANTED = System.getProperty("kreplica.faults", "usual");
  private static final Pattern NAMED = Pattern.compile(WANTED);
  private static final long SEED = Seeds.next();

  private static final Map<PostgresVersion, PostgresServer> MASTERS =
      new EnumMap<>(PostgresVersion.class);
  private static final Map<PostgresVersion, PostgresServer> SLAVES =
      new EnumMap<>(PostgresVersion.class);

  private final PostgresServer master;
  private final PostgresServer slave;

  FaultMatrixIT(PostgresVersion version) {
    this.master = MASTERS.computeIfAbsent(version, FaultMatrixIT::startServer);
    this.slave = SLAVES.computeIfAbsent(version, FaultMatrixIT::startServer);
  }

  /** A process that is killed leaves what it wrote to the system, on disk or not. */
  private static PostgresServer startServer(PostgresVersion version) {
    return PostgresServer.builder(version).setting("fsync", "off").start();
  }

  @AfterAll
  static void stopServers() {
    MASTERS.values().forEach(PostgresServer::close);
    SLAVES.values().forEach(PostgresServer::close);
    MASTERS.clear();
    SLAVES.clear();
  }

  private static final List<Trial> USUAL =
      List.of(
          new Trial(Fault.CUT, Strike.BEFORE, Moment.SOURCE_CONNECTS),
          new Trial(Fault.CUT, Strike.AFTER, Moment.SOURCE_TAKES_THE_LOG),
          new Trial(Fault.CUT, Strike.AFTER, Moment.SOURCE_READS_A_BATCH),
          new Trial(Fault.CUT, Strike.BEFORE, Moment.SOURCE_IN_A_LARGE_BATCH));

  static List<Trial> trials() {
    if (WANTED.equals("usual")) {
      return USUAL;
    }
    if (WANTED.matches("[0-9]+")) {
      return Trial.some(Integer.parseInt(WANTED), new Random(SEED));
    }
    return Trial.all().stream()
        .filter(trial -> WANTED.equals("all") || NAMED.matcher(trial.toString()).find())
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("trials")
  void nothingIsLostTornOrDoubled(Trial trial) throws Exception {
    try (var run = new FaultTrial(trial, master, slave, new Random(SEED))) {
      run.strike();
      run.judge();
    }
  }
}
