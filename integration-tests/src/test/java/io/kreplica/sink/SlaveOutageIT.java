package io.kreplica.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.sink.TopicFixture.Form;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a task does while its slave is down; each test has a server of its own to take down. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class SlaveOutageIT {

  private static final MasterTable ACCOUNT =
      MasterTable.of("public.account", "id", "id", "integer", "name", "text");

  private final PostgresVersion version;
  private final TopicFixture topic = new TopicFixture(Form.SCHEMALESS);
  private PostgresServer server;
  private SlaveFixture slave;

  SlaveOutageIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void createSlave() throws SQLException {
    server = PostgresServer.start(version);
    slave = SlaveFixture.on(server);
    slave.execute("create table account (id integer primary key, name text)");
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  private String count() throws SQLException {
    try (var again = slave.reconnect()) {
      return again.rows("select count(*) from account").get(0);
    }
  }

  private void writeABatch(String to, long xid, int firstId, int rows) {
    var batch = topic.batch(to);
    for (var i = 0; i < rows; i++) {
      batch.insert(ACCOUNT, xid, firstId + i, "a");
    }
    batch.commit();
  }

  @Test
  void waitsForASlaveThatIsDownWhenItStarts() throws Exception {
    writeABatch("5:5:", 3, 1, 10);
    server.stop();

    try (var run = SinkRun.of(topic, slave.settings())) {
      assertThat(run.isPaused()).isTrue();
      run.step();
      assertThat(run.stored()).isNegative();
      server.restart();
      run.untilEnd();
      assertThat(run.stored()).isEqualTo(topic.size());
    }

    assertThat(count()).isEqualTo("10");
  }

  @Test
  void goesOnAfterTheSlaveWasKilledInTheMiddleOfALargeBatch() throws Exception {
    writeABatch("5:5:", 3, 1, 10);
    writeABatch("6:6:", 5, 11, 500);

    try (var run = SinkRun.slowly(topic, slave.settings("buffer.max.rows", "50"), 100)) {
      run.step();
      run.step();
      server.kill();
      run.step();
      run.step();
      assertThat(run.isPaused()).isTrue();
      assertThat(run.stored()).isEqualTo(12);
      server.restart();
      run.untilEnd();
    }

    assertThat(count()).isEqualTo("510");
  }

  @Test
  void storesNoOffsetOfWhatTheSlaveHasNotApplied() throws Exception {
    writeABatch("5:5:", 3, 1, 10);
    try (var run = SinkRun.of(topic, slave.settings()).untilEnd()) {
      writeABatch("6:6:", 5, 11, 10);
      server.stop();

      run.step();
      run.step();

      assertThat(run.stored()).isEqualTo(12);
    }
  }

  @Test
  void aTaskThatWasSucceededDuringAnOutageStops() throws Exception {
    writeABatch("5:5:", 3, 1, 10);
    try (var zombie = SinkRun.of(topic, slave.settings()).untilEnd()) {
      writeABatch("6:6:", 5, 11, 10);
      server.stop();
      zombie.step();
      server.restart();
      try (var successor = SinkRun.of(topic, slave.settings()).untilEnd()) {
        assertThat(successor.next()).isEqualTo(topic.size());

        assertThatThrownBy(zombie::untilEnd)
            .isInstanceOf(ConnectException.class)
            .hasMessageContaining("another task");
      }
    }

    assertThat(count()).isEqualTo("20");
  }

  @Test
  void aPredecessorsOpenTransactionDoesNotHoldUpItsSuccessor() throws Exception {
    writeABatch("5:5:", 3, 1, 1);
    writeABatch("6:6:", 5, 2, 300);
    try (var predecessor = SinkRun.slowly(topic, slave.settings("buffer.max.rows", "50"), 100)) {
      predecessor.step();
      predecessor.step();

      SinkRun.of(topic, slave.settings()).untilEnd().close();
    }

    assertThat(count()).isEqualTo("301");
  }
}
