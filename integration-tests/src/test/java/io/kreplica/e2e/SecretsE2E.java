package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kreplica.stack.ConnectRest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Neither passwords nor values of rows come out of a worker whose loggers of KReplica are at TRACE,
 * where all is well, where the slave refuses rows and where a login fails: not in its log, in what
 * its REST interface answers of states and validations, or in JMX.
 */
@Tag("e2e")
class SecretsE2E {

  private static final String PASSWORD = "pa55-of-the-login";
  private static final String WRONG_PASSWORD = "pa55-that-is-wrong";
  private static final String VALUE = "v4lue-of-a-row";

  private static final Map<String, String> TOLERANT =
      Map.of(
          "errors.tolerance", "all",
          "errors.deadletterqueue.topic.name", "secrets-dead",
          "errors.deadletterqueue.topic.replication.factor", "1",
          "errors.deadletterqueue.context.headers.enable", "true",
          "accept.missing.rows", "true");

  private final StringBuilder answers = new StringBuilder();

  @Test
  void noPasswordAndNoValueOfARowIsShownAtTrace() throws Exception {
    var backend = SharedBackend.get();
    try (var replication = new Replication(backend, "secrets")) {
      setLevel(backend.rest(), "TRACE");
      prepare(replication);
      replication.startSource(login("secrets_source"));
      var sink = new HashMap<>(login("secrets_sink"));
      sink.putAll(TOLERANT);
      replication.startSink(sink);

      setRowsAside(replication);
      refuseLogins(replication);
      stopAtARow(replication);

      var shown = answers + jmx(backend) + Files.readString(backend.worker().log());
      assertThat(shown)
          .contains("SQLSTATE 23514", "SQLSTATE 22P02", "SQLSTATE 23505", "SQLSTATE 28P01")
          .contains("connector-task-metrics", " DEBUG ");
      assertThat(shown.lines().filter(SecretsE2E::isSecret)).isEmpty();
    } finally {
      setLevel(backend.rest(), "INFO");
    }
  }

  private static boolean isSecret(String line) {
    return Stream.of(PASSWORD, WRONG_PASSWORD, VALUE).anyMatch(line::contains);
  }

  /** The slave refuses what its master takes, in each table for another reason. */
  private static void prepare(Replication replication) throws SQLException {
    for (var table : new String[] {"checked", "typed", "single", "plain"}) {
      var create = "create table " + table + " (id int primary key, body text)";
      replication.executeOnMaster(create);
      replication.executeOnSlave(create);
      replication.executeOnMaster("select replica.track('" + table + "')");
    }
    replication.executeOnSlave("alter table checked add check (length(body) < 3)");
    replication.executeOnSlave("alter table typed alter body type integer using 1");
    replication.executeOnSlave("alter table single add unique (body)");
    replication.executeOnMaster(createLogin("secrets_source"));
    replication.executeOnSlave(createLogin("secrets_sink"));
  }

  private static String createLogin(String role) {
    return "create role " + role + " superuser login password '" + PASSWORD + "'";
  }

  private static Map<String, String> login(String role) {
    return Map.of("connection.user", role, "connection.password", PASSWORD);
  }

  private static String insert(String table, int id) {
    return "insert into " + table + " values (" + id + ", '" + VALUE + "')";
  }

  private void setRowsAside(Replication replication) throws SQLException {
    replication.executeOnMaster(insert("plain", 1));
    replication.executeOnMaster("update plain set body = body || 'x', id = 2");
    for (var table : new String[] {"checked", "typed", "single"}) {
      replication.executeOnMaster(insert(table, 1));
    }
    replication.executeOnMaster(insert("single", 2));
    replication.executeOnMaster(insert("plain", 3));
    replication.awaitOnSlave("select count(*) from plain where id in (2, 3)", 2);
    replication.awaitOnSlave("select count(*) from replica.dead_letter", 3);
    answers.append(replication.rest().status(replication.sink())).append('\n');
  }

  private void refuseLogins(Replication replication) {
    var source = replication.sourceConfig();
    source.putAll(login("secrets_source"));
    source.put("name", "secrets-other");
    var rest = replication.rest();
    answers.append(rest.validate(source.get("connector.class"), source)).append('\n');
    source.put("connection.password", WRONG_PASSWORD);
    answers.append(rest.validate(source.get("connector.class"), source)).append('\n');
    answers
        .append(catchThrowable(() -> rest.create("secrets-other", source)).getMessage())
        .append('\n');
  }

  private void stopAtARow(Replication replication) throws SQLException {
    var sink = replication.sinkConfig();
    sink.putAll(login("secrets_sink"));
    sink.put("name", replication.sink());
    replication.rest().configure(replication.sink(), sink);
    replication.executeOnMaster(insert("typed", 2));
    answers.append(replication.awaitFailed(replication.sink())).append('\n');
  }

  private static void setLevel(ConnectRest rest, String level)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(rest.url() + "/admin/loggers/io.kreplica"))
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString("{\"level\": \"" + level + "\"}"))
            .build();
    var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  private static String jmx(Backend backend) throws Exception {
    try (var jmx = new WorkerJmx(backend.worker().pid())) {
      return jmx.all();
    }
  }
}
