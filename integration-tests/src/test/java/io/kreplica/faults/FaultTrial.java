package io.kreplica.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.Mirror;
import io.kreplica.e2e.SlaveWatcher;
import io.kreplica.faults.Moment.Provocation;
import io.kreplica.faults.Moment.Side;
import io.kreplica.load.Bank;
import io.kreplica.load.BankLoad;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.ProxyTrap;
import io.kreplica.stack.TcpProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/**
 * Makes one trial: a bank at work, a fault at its moment, work after it, and then the judgement.
 * The sink takes no row that is not as the master's was before the change, so that what is applied
 * twice stops it; and a trigger on the slave counts how often each row of the history was written.
 */
final class FaultTrial implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Bank BANK = new Bank(2, 300);
  private static final int COMMITS_BEFORE = 20;
  private static final int COMMITS_AFTER = 40;

  private static final String AUDIT =
      """
      create table audit (op text, history_id bigint);
      create function note_history() returns trigger language plpgsql as $$
      begin
          insert into public.audit values (tg_op, new.history_id);
          return null;
      end
      $$;
      create trigger note_history after insert or update on history
          for each row execute function note_history();
      alter table history enable always trigger note_history;
      """;

  private final Trial trial;
  private final PostgresServer masterServer;
  private final PostgresServer slaveServer;
  private final PostgresServer server;
  private final Random random;
  private final FaultyMirror faulty;
  private final Mirror mirror;
  private final TcpProxy network;
  private final ExecutorService operator = Executors.newSingleThreadExecutor();
  private Optional<SlaveWatcher> watcher = Optional.empty();
  private volatile boolean isWorkerDead;
  private volatile boolean isMended;

  /** Prepares both databases, on servers that the trial may end and starts again. */
  FaultTrial(Trial trial, PostgresServer master, PostgresServer slave, Random random)
      throws SQLException, InterruptedException {
    this.trial = trial;
    this.random = random;
    this.masterServer = master;
    this.slaveServer = slave;
    this.faulty = FaultyMirror.between(master, slave);
    this.mirror = faulty.mirror();
    var isOfMaster = trial.moment().side() == Side.MASTER;
    this.server = isOfMaster ? master : slave;
    this.network = isOfMaster ? faulty.toMaster() : faulty.toSlave();
    mirror
        .source("poll.rows", "50", "snapshot.chunk.rows", "200")
        .sink("conflict.mode", "fail", "buffer.max.rows", "200");
    Bank.createTables(mirror.master().session());
    BANK.fill(mirror.master().session());
    mirror.master().execute("create table big (id int primary key, v text)");
    Bank.createTables(mirror.slave().session());
    mirror.onSlaves("create table big (id int primary key, v text)", AUDIT);
    for (var table : Bank.TABLES) {
      mirror.master().execute("select replica.track('" + table + "', old_image => true)");
    }
    mirror.track("big");
    if (provocation() != Provocation.FIRST_START) {
      mirror.settle();
    }
  }

  private Provocation provocation() {
    return trial.moment().provocation();
  }

  /** Works, lets the fault strike, mends what is a person's business, and works on. */
  void strike() throws SQLException, InterruptedException {
    if (provocation() != Provocation.COPY && provocation() != Provocation.FIRST_START) {
      watcher = Optional.of(SlaveWatcher.start(mirror.slave()::connect, FaultTrial::inconsistency));
    }
    if (provocation() != Provocation.REST && provocation() != Provocation.FIRST_START) {
      work(COMMITS_BEFORE, () -> true);
    }
    if (provocation() == Provocation.CHECKPOINT) {
      leaveABacklog();
    }
    var trap = arm();
    provoke();
    if (isRest()) {
      run(() -> trap.isSprung() && isMended);
    } else {
      work(0, () -> trap.isSprung() && isMended);
    }
    reconnect();
    work(COMMITS_AFTER, () -> true);
  }

  private boolean isRest() {
    return provocation() == Provocation.REST || provocation() == Provocation.LOAD_AND_REST;
  }

  private ProxyTrap arm() {
    return switch (trial.strike()) {
      case BEFORE -> network.beforeRequest(trial.moment().text(), this::breakIt);
      case AFTER -> network.beforeAnswer(trial.moment().text(), this::breakIt);
    };
  }

  private void provoke() throws SQLException, InterruptedException {
    switch (provocation()) {
      case RECONNECT -> network.cut();
      case RESTART -> mirror.restartSink(0);
      case COPY -> mirror.master().execute("select replica.copy('account')");
      case LARGE ->
          mirror
              .master()
              .execute(
                  "insert into big select i, repeat('x', 100) from generate_series(1, 1500) i");
      case LOAD_AND_REST -> work(1, () -> true);
      case REST_AND_LOAD -> mirror.settleUntilIdle();
      default -> {
        // What the moment needs is there.
      }
    }
  }

  /** Grows the log by two checkpoints that the source has not seen. */
  private void leaveABacklog() throws SQLException {
    for (var from : new int[] {1, 11_001}) {
      mirror
          .master()
          .execute(
              "insert into big select i, 'x' from generate_series("
                  + from
                  + ", "
                  + (from + 10_999)
                  + ") i");
    }
  }

  /** The fault itself; what takes a while to mend is done on another thread. */
  private void breakIt() {
    switch (trial.fault()) {
      case CUT -> network.cut();
      case HANG -> {
        network.drop();
        network.pass();
      }
      case KILL -> server.kill();
      case SUSPEND -> server.suspend();
      case WORKER -> {
        network.cut();
        isWorkerDead = true;
      }
    }
    var connections = network.taken();
    operator.execute(() -> mend(connections));
  }

  private void mend(long connections) {
    switch (trial.fault()) {
      case KILL -> server.restart();
      case SUSPEND -> {
        // Somebody has noticed that the server is silent, or finds it so when he connects.
        Awaitility.await().atMost(PATIENCE).until(() -> network.taken() > connections);
        server.resume();
      }
      default -> {
        // Nothing is left to mend.
      }
    }
    isMended = true;
  }

  private void reconnect() throws SQLException {
    if (trial.fault() == Fault.KILL) {
      mirror.master().connectAgain();
      mirror.slave().connectAgain();
    }
  }

  /** Lets the bank work for so many commits at least and until a condition holds. */
  private void work(int commits, BooleanSupplier isEnough)
      throws SQLException, InterruptedException {
    try (var load =
        BankLoad.builder(BANK, mirror.master()::connect)
            .clients(2)
            .rate(200)
            .seed(random.nextInt(1_000_000))
            .start()) {
      run(() -> load.commits() >= commits && isEnough.getAsBoolean());
    }
  }

  /** Runs the tasks until a condition holds; one whose worker has died is started by another. */
  private void run(BooleanSupplier isEnough) throws SQLException, InterruptedException {
    var deadline = Instant.now().plus(PATIENCE);
    while (!isEnough.getAsBoolean()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("The trial did not go on within " + PATIENCE + ": " + trial);
      }
      mirror.pump();
      mirror.applySome();
      if (isWorkerDead) {
        isWorkerDead = false;
        if (trial.moment().side() == Side.MASTER) {
          mirror.killSource(random);
        } else {
          mirror.restartSink(0);
        }
      }
    }
  }

  private static String inconsistency(Connection connection) throws SQLException {
    var totals = Bank.totals(connection);
    return totals.balance() ? "" : "the bank's books do not balance: " + totals;
  }

  /** Nothing is lost, torn or doubled. */
  void judge() throws SQLException, InterruptedException {
    mirror.settle().assertEqual();
    if (watcher.isPresent()) {
      watcher.get().assertOnlyStatesOfTheMaster(2);
      assertThat(
              mirror
                  .slave()
                  .rows("select history_id, count(*) from audit group by 1 having count(*) > 1"))
          .as("rows of the history that were written twice")
          .isEmpty();
      assertThat(
              mirror
                  .slave()
                  .rows("select history_id from history except select history_id from audit"))
          .as("rows of the history that nobody wrote")
          .isEmpty();
    }
  }

  @Override
  public void close() throws SQLException {
    operator.shutdown();
    Awaitility.await().atMost(PATIENCE).until(operator::isTerminated);
    watcher.ifPresent(SlaveWatcher::close);
    faulty.close();
    // Servers that have to recover with the databases of all trials would take minutes.
    masterServer.dropDatabase(mirror.master().database());
    slaveServer.dropDatabase(mirror.slave().database());
  }
}
