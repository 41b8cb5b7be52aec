package io.kreplica.e2e;

import static io.kreplica.e2e.Disturbed.awaitStates;
import static io.kreplica.e2e.Disturbed.underLoad;
import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.stack.ConnectorStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Passwords that a config provider reads from a file are changed under load, by the steps of
 * docs/operations.md.
 */
@Tag("e2e")
class PasswordsE2E {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory;

  private Replication replication;

  @Test
  void passwordsAndLoginsAreChangedWhileRowsFlow() throws Exception {
    try (var passwords = new Replication(SharedBackend.get(), "passwords")) {
      replication = passwords;
      createLogins("first", "r0tated-one");
      writeFile("first", "r0tated-one");
      replication.track(Shop.TABLES);
      replication.startSource(login("source"));
      replication.startSink(login("sink"));
      replication.awaitEqual();

      underLoad(
          replication,
          Seeds.next(),
          watcher -> {
            awaitStates(watcher, 5);
            writeFile("first", "r0tated-two");
            changePasswords("first", "r0tated-two");
            awaitStates(watcher, 5);
            restartTasks();
            awaitStates(watcher, 5);

            changePasswords("first", "r0tated-three");
            replication.endSessions();
            assertStopped(replication.source());
            assertStopped(replication.sink());
            writeFile("first", "r0tated-three");
            restartTasks();
            awaitStates(watcher, 5);

            createLogins("second", "r0tated-four");
            writeFile("second", "r0tated-four");
            restartTasks();
            dropLogins("first");
            replication.endSessions();
            awaitStates(watcher, 5);
          });
      assertThat(keptByConnect()).contains(file().toString()).doesNotContain("r0tated-");
    } finally {
      dropLogins("second");
    }
  }

  /** The topic that Connect keeps configurations in, and what it has logged. */
  private static String keptByConnect() throws IOException {
    var backend = SharedBackend.get();
    try (var configurations = new TopicReader(backend.bootstrapServers(), "connect-configs")) {
      return configurations.more().stream()
              .filter(record -> record.value() != null)
              .map(record -> new String(record.value(), StandardCharsets.UTF_8))
              .collect(Collectors.joining("\n"))
          + Files.readString(backend.worker().log());
    }
  }

  /** One for the source on the master, one for the sink on the slave, as an administrator would. */
  private void createLogins(String name, String password) throws SQLException {
    replication.executeOnMaster(
        "create role %s_source login password '%s' in role replica_source"
            .formatted(name, password));
    replication.executeOnSlave(
        "create role %1$s_sink login password '%2$s' in role replica_sink; alter role %1$s_sink set session_replication_role = replica"
            .formatted(name, password));
  }

  private void changePasswords(String name, String password) throws SQLException {
    replication.executeOnMaster("alter role " + name + "_source password '" + password + "'");
    replication.executeOnSlave("alter role " + name + "_sink password '" + password + "'");
  }

  private static void dropLogins(String name) throws SQLException {
    var backend = SharedBackend.get();
    try (var master = backend.master().connect("postgres");
        var slave = backend.slave().connect("postgres");
        var onMaster = master.createStatement();
        var onSlave = slave.createStatement()) {
      onMaster.execute("drop role if exists " + name + "_source");
      onSlave.execute("drop role if exists " + name + "_sink");
    }
  }

  /** At once, so that no task that starts reads half of it. */
  private void writeFile(String name, String password) {
    var lines =
        List.of(
            "source.user=" + name + "_source", "source.password=" + password,
            "sink.user=" + name + "_sink", "sink.password=" + password);
    try {
      var fresh = Files.write(directory.resolve("fresh"), lines);
      Files.move(fresh, file(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file() {
    return directory.resolve("logins.properties");
  }

  private Map<String, String> login(String connector) {
    var settings = new HashMap<String, String>();
    for (var what : List.of("user", "password")) {
      settings.put("connection." + what, "${file:" + file() + ":" + connector + "." + what + "}");
    }
    return settings;
  }

  private void restartTasks() {
    for (var connector : List.of(replication.source(), replication.sink())) {
      replication.rest().restartTask(connector);
      // Until a failed task is seen to run, its failure is told of.
      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () ->
                  replication
                      .rest()
                      .status(connector)
                      .filter(ConnectorStatus::isRunning)
                      .isPresent());
    }
  }

  private void assertStopped(String connector) {
    assertThat(replication.awaitFailed(connector))
        .contains("Cannot connect to jdbc:postgresql://", "password authentication failed")
        .contains("Check connection.user and connection.password. Then restart the task.")
        .doesNotContain("r0tated-");
  }
}
