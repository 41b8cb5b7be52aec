package io.kreplica.benchmark;

import io.kreplica.stack.PostgresServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * What a replication costs while there is nothing to replicate. Of that, the worker's and the
 * servers' own is what they cost a replication that needs no worker.
 *
 * @param seconds for how long
 */
record Idle(int seconds) implements Race {

  /** What a session did is seen in the statistics ten seconds after it, at the latest. */
  private static final int SETTLING_SECONDS = 15;

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public String title() {
    return String.format("Nothing to replicate for %d s", seconds);
  }

  @Override
  public List<Figure> run(Laboratory laboratory) throws SQLException {
    laboratory.startReplication();
    rest(Math.min(SETTLING_SECONDS, seconds));
    var stack = laboratory.stack();
    var worker = new CpuUse(List.of(ProcessHandle.of(stack.worker().pid()).orElseThrow()));
    var master = new CpuUse(stack.master().processes());
    var slave = new CpuUse(stack.slave().processes());
    var onMaster = transactions(stack.master(), laboratory);
    var onSlave = transactions(stack.slave(), laboratory);

    rest(seconds);

    var figures = new ArrayList<Figure>();
    figures.add(Figure.millis("processor time of the worker", worker.nanosSince()));
    figures.add(
        Figure.millis("of the master's server", master.nanosSince(stack.master().processes())));
    figures.add(
        Figure.millis("of the slave's server", slave.nanosSince(stack.slave().processes())));
    figures.add(
        Figure.count(
            "transactions on the master", transactions(stack.master(), laboratory) - onMaster));
    figures.add(
        Figure.count(
            "transactions on the slave", transactions(stack.slave(), laboratory) - onSlave));
    return figures;
  }

  private static void rest(int seconds) {
    LockSupport.parkNanos(seconds * 1_000_000_000L);
  }

  private static long transactions(PostgresServer server, Laboratory laboratory)
      throws SQLException {
    try (var connection = server.connect("postgres");
        var statement = connection.createStatement();
        var count =
            statement.executeQuery(
                "select xact_commit + xact_rollback from pg_stat_database where datname = '"
                    + laboratory.database()
                    + "'")) {
      count.next();
      return count.getLong(1);
    }
  }
}
