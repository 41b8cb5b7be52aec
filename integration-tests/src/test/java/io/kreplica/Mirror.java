package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.record.Marker;
import io.kreplica.sink.SinkRun;
import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * A master and its slaves with the real tasks between them and no Kafka: records go from the source
 * task through JsonConverter, to bytes and back, into a sink task for each slave. One thread; tasks
 * start at the first {@link #settle}, with the settings given until then.
 *
 * <pre>{@code
 * try (var mirror = Mirror.on(version)) {
 *   mirror.onBoth("create table t (id int primary key, v text)");
 *   mirror.track("t");
 *   mirror.master().execute("insert into t values (1, 'a')");
 *   mirror.settle();
 *   mirror.assertEqual();
 * }
 * }</pre>
 */
public final class Mirror implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Looks at a slave right after it committed a batch. */
  @FunctionalInterface
  public interface CommitCheck {
    void check(SlaveFixture slave, Marker commit) throws SQLException;
  }

  private final MasterFixture master;
  private final List<Side> sides = new ArrayList<>();
  private final List<String> sourceSettings = new ArrayList<>();
  private final List<String> sinkSettings = new ArrayList<>();
  private String topicName = "test";
  private boolean withSchemas = true;
  private Optional<CommitCheck> commitCheck = Optional.empty();
  private Optional<MirrorTopic> topic = Optional.empty();
  private final List<SourceRecord> sent = new ArrayList<>();
  private Optional<TaskRun> source = Optional.empty();
  private Optional<SourceRecord> storedOffset = Optional.empty();
  private List<SourceRecord> late = List.of();
  private int forgotten;

  private Mirror(MasterFixture master) {
    this.master = master;
  }

  /** A slave, its settings and its task. */
  private static final class Side {
    private final SlaveFixture slave;
    private final List<String> settings;
    private Optional<SinkRun> run = Optional.empty();
    private boolean isFollowing = true;
    private long checked = -1;

    Side(SlaveFixture slave, String... settings) {
      this.slave = slave;
      this.settings = List.of(settings);
    }
  }

  /** A fresh master and a fresh slave on the shared server. */
  public static Mirror on(PostgresVersion version) throws SQLException {
    var server = SharedPostgres.of(version);
    return between(MasterFixture.on(server), SlaveFixture.on(server));
  }

  /** A master and a slave that exist; they are closed with the mirror. */
  public static Mirror between(MasterFixture master, SlaveFixture slave) {
    return new Mirror(master).andTo(slave);
  }

  /** One more slave, fed from the same records, with settings of its sink's own. */
  public Mirror andTo(SlaveFixture slave, String... settings) {
    sides.add(new Side(slave, settings));
    return this;
  }

  /** Settings of the source, name and value in turn; in force when its task next starts. */
  public Mirror source(String... settings) {
    sourceSettings.addAll(List.of(settings));
    return this;
  }

  /** Settings of every sink, name and value in turn; in force when a task next starts. */
  public Mirror sink(String... settings) {
    sinkSettings.addAll(List.of(settings));
    return this;
  }

  /** Uses a topic of another name. */
  Mirror topic(String name) {
    topicName = name;
    return source("topic", name).sink("topics", name);
  }

  /** Lets JsonConverter leave schemas out. */
  public Mirror schemaless() {
    withSchemas = false;
    return this;
  }

  /** Lets records from now on arrive as a transform leaves them; null: not at all. */
  public Mirror transforming(UnaryOperator<SinkRecord> transform) {
    run();
    topic.orElseThrow().transforming(transform);
    return this;
  }

  /** Has slaves commit each batch by itself, and looks at them each time. */
  public Mirror afterEachCommit(CommitCheck check) {
    commitCheck = Optional.of(check);
    return this;
  }

  public MasterFixture master() {
    return master;
  }

  public SlaveFixture slave() {
    return slave(0);
  }

  /** A slave, in the order they were given, from 0. */
  public SlaveFixture slave(int number) {
    return sides.get(number).slave;
  }

  /** Executes on master and slaves; what it creates on a slave is granted to the sink. */
  public Mirror onBoth(String... statements) throws SQLException {
    master.execute(statements);
    return onSlaves(statements);
  }

  /** Executes on every slave, and grants the sink every table there. */
  public Mirror onSlaves(String... statements) throws SQLException {
    for (var side : sides) {
      side.slave.execute(statements);
      side.slave.grantEverything();
    }
    return this;
  }

  /** Tracks tables, named as SQL would have them. */
  public Mirror track(String... tables) throws SQLException {
    for (var table : tables) {
      master.execute("select replica.track('" + table.replace("'", "''") + "')");
    }
    return this;
  }

  /**
   * Runs the tasks until everything committed on the master, what was asked for too, is on every
   * slave.
   */
  public Mirror settle() throws SQLException, InterruptedException {
    var deadline = Instant.now().plus(PATIENCE);
    run();
    while (!isAllSent()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError(
            "Not settled within " + PATIENCE + "; sent: " + TaskRun.describe(sent));
      }
      pump();
    }
    applyAll();
    return this;
  }

  /** Like {@link #settle}, and until the source finds nothing more of any kind: half a second. */
  public Mirror settleUntilIdle() throws SQLException, InterruptedException {
    settle();
    for (var quiet = 0; quiet < 2; ) {
      quiet = pump() ? 0 : quiet + 1;
    }
    applyAll();
    return this;
  }

  /** Polls the source once and hands on what it sent; whether anything came. */
  public boolean pump() throws InterruptedException {
    run();
    var run = source.orElseThrow();
    var before = run.sent().size();
    var came = run.poll();
    arrive(run.sent().subList(before, run.sent().size()));
    if (came) {
      // A dead task's producer may deliver after its successor's.
      late.forEach(record -> topic.orElseThrow().add(record));
      late = List.of();
    }
    return came;
  }

  private void arrive(List<SourceRecord> records) {
    sent.addAll(records);
    records.forEach(record -> topic.orElseThrow().add(record));
  }

  /** Lets every slave that follows read to the topic's end. */
  public void applyAll() throws SQLException {
    var deadline = Instant.now().plus(PATIENCE);
    while (!applySome()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("A slave did not come to the topic's end in " + PATIENCE);
      }
    }
  }

  /** Lets every slave that follows read once; whether all are at the topic's end. */
  public boolean applySome() throws SQLException {
    run();
    var isAtEnd = true;
    for (var side : sides) {
      isAtEnd &= !side.isFollowing || step(side);
    }
    return isAtEnd;
  }

  private boolean step(Side side) throws SQLException {
    var sink = side.run.orElseThrow();
    var isAtEnd = sink.step();
    var commit = topic.orElseThrow().commitAt(sink.next() - 1);
    if (commitCheck.isPresent()
        && commit.isPresent()
        && sink.stored() == sink.next()
        && sink.next() > side.checked) {
      side.checked = sink.next();
      commitCheck.get().check(side.slave, commit.get());
    }
    return isAtEnd;
  }

  private void run() {
    if (topic.isEmpty()) {
      topic = Optional.of(new MirrorTopic(topicName, withSchemas, commitCheck.isPresent()));
    }
    if (source.isEmpty()) {
      var settings = master.settings(sourceSettings.toArray(String[]::new));
      source =
          Optional.of(
              sent.isEmpty()
                  ? TaskRun.first(settings)
                  : TaskRun.behind(
                      settings,
                      storedOffset.orElseGet(
                          () -> sent.get(Math.max(0, sent.size() - 1 - forgotten)))));
      storedOffset = Optional.empty();
      forgotten = 0;
    }
    for (var side : sides) {
      if (side.isFollowing && side.run.isEmpty()) {
        var settings = new ArrayList<>(sinkSettings);
        settings.addAll(side.settings);
        side.run =
            Optional.of(
                SinkRun.of(topic.get(), side.slave.settings(settings.toArray(String[]::new))));
      }
    }
  }

  /** Whether the topic holds all that the log held just now, and the end of every copy. */
  private boolean isAllSent() throws SQLException {
    var to = topic.orElseThrow().lastCommit().map(commit -> commit.to().toString());
    var ended = topic.get().endedCopies();
    var copiesTracked = !sourceSettings.contains("never");
    return master
            .value(
                "select not exists (select from replica.replica_log l where "
                    + to.map(position -> "not pg_visible_in_snapshot(l.xid, '" + position + "')")
                        .orElse("true")
                    + ") and not exists (select from replica.copy_request r"
                    + " join replica.tracked_table t using (table_id)"
                    + " join pg_class c on c.oid = t.relation"
                    + " where r.finished_at is null and t.untracked_at is null"
                    + (copiesTracked ? "" : " and r.reason = 'copy'")
                    + ended.stream()
                        .map(id -> " and r.request_id <> " + id)
                        .collect(Collectors.joining())
                    + ")")
            .equals("t")
        && areChecksAnswered();
  }

  private boolean areChecksAnswered() throws SQLException {
    return master
        .value(
            "select not exists (select from replica.check_request q"
                + " join replica.tracked_table t using (table_id)"
                + " join pg_class c on c.oid = t.relation"
                + " where q.finished_at is null and t.untracked_at is null"
                + topic.orElseThrow().endedChecks().stream()
                    .map(id -> " and q.request_id <> " + id)
                    .collect(Collectors.joining())
                + ")")
        .equals("t");
  }

  /** Stops the source's task; the next one starts behind what was sent. */
  public Mirror restartSource() {
    source.ifPresent(TaskRun::stop);
    source = Optional.empty();
    return this;
  }

  /**
   * The source's worker dies: of what it has in hand, some records arrive, some may arrive late,
   * and the others do not; the next task starts at an offset that Connect has stored some time
   * before.
   */
  public Mirror killSource(Random random) throws InterruptedException {
    run();
    var inHand = source.orElseThrow().pollInVain();
    source.get().stop();
    source = Optional.empty();
    var arriving = random.nextInt(inHand.size() + 1);
    arrive(inHand.subList(0, arriving));
    if (random.nextBoolean()) {
      late = List.copyOf(inHand.subList(arriving, inHand.size()));
    }
    if (!sent.isEmpty()) {
      var back = random.nextInt(Math.min(sent.size(), 200));
      storedOffset = Optional.of(sent.get(sent.size() - 1 - back));
    }
    return this;
  }

  /** Stops the source's task; the next one does not know that the last records were sent. */
  public Mirror restartSourceForgetting(int records) {
    forgotten = records;
    return restartSource();
  }

  /** Stops a slave's task; the next one starts from the slave's position. */
  public Mirror restartSink(int number) {
    var side = sides.get(number);
    side.run.ifPresent(SinkRun::close);
    side.run = Optional.empty();
    side.isFollowing = true;
    return this;
  }

  /** Stops a slave's task until {@link #restartSink}. */
  public Mirror pauseSink(int number) {
    restartSink(number);
    sides.get(number).isFollowing = false;
    return this;
  }

  /** The task of a slave that follows. */
  public SinkRun sinkTask(int number) {
    run();
    return sides.get(number).run.orElseThrow();
  }

  /** Everything the source has sent, over all its starts. */
  public List<SourceRecord> sent() {
    return sent;
  }

  /** Asserts that every tracked table holds the same rows on the master and on every slave. */
  public void assertEqual() throws SQLException {
    var tables =
        master.rows(
            "select relation::text from replica.tracked_table t join pg_class c on c.oid ="
                + " t.relation where untracked_at is null order by 1");
    assertThat(tables).as("tracked tables").isNotEmpty();
    assertEqual(tables.toArray(String[]::new));
  }

  /** Asserts that tables hold the same rows on the master and on every slave. */
  public void assertEqual(String... tables) throws SQLException {
    for (var table : tables) {
      for (var side : sides) {
        if (side.isFollowing) {
          TableContents.assertEqual(master.session(), side.slave.session(), table);
        }
      }
    }
  }

  @Override
  public void close() throws SQLException {
    restartSource();
    for (var i = 0; i < sides.size(); i++) {
      restartSink(i);
      sides.get(i).slave.close();
    }
    master.close();
  }
}
