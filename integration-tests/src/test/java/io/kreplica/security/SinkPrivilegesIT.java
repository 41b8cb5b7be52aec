package io.kreplica.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kreplica.Mirror;
import io.kreplica.postgres.InstallScript;
import io.kreplica.sink.ReplicaSinkConnector;
import io.kreplica.stack.PostgresVersion;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The sink's role has every privilege that the sink needs, and no other. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class SinkPrivilegesIT {

  private static final String ROLE = "replica_sink";
  private static final Path INSTALL =
      Path.of(System.getProperty("kreplica.root"), "sql/slave/install.sql");

  /** What a comparison lacks it says, and holds up nothing: VerificationIT. */
  private static final String OF_COMPARISONS =
      ".*(_order|_terms|_sql|own_rows|digest_range|incomparable|delete_others|differing_range|verification_run)";

  private final PostgresVersion version;

  SinkPrivilegesIT(PostgresVersion version) {
    this.version = version;
  }

  @Test
  void withoutAnyOneOfItsPrivilegesTheTaskStopsAndValidationNamesIt() throws Exception {
    try (var mirror = Mirror.on(version)) {
      prepare(mirror);
      workAsTheSinkDoes(mirror);

      for (var grant : grants(mirror)) {
        mirror.slave().execute(grant.revokeFrom(ROLE));

        if (!grant.text().contains("sequence")) {
          assertThat(errors(mirror))
              .as("%s: validation", grant)
              .singleElement()
              .asString()
              .contains(grant.object());
        }
        if (grant.object().matches(OF_COMPARISONS)) {
          mirror.slave().execute(grant.grantTo(ROLE));
          continue;
        }
        assertThat(catchThrowable(() -> workAsTheSinkDoes(mirror)))
            .as("%s: the task", grant)
            .isInstanceOf(ConnectException.class)
            .hasMessageContaining(grant.object())
            .hasMessageContaining("grant ");
        mirror.restartSink(0).slave().execute(grant.grantTo(ROLE));
      }

      workAsTheSinkDoes(mirror);
      mirror.assertEqual();
      assertThat(errors(mirror)).isEmpty();
    }
  }

  /** Nothing is left to what everybody may do. */
  private static void prepare(Mirror mirror) throws SQLException {
    mirror
        .source("record.max.bytes", "4096")
        .sink("buffer.max.bytes", "32000", "table.map", "public.item:public.item")
        .sink("errors.tolerance", "all", "errors.deadletterqueue.topic.name", "letters")
        .sink("accept.missing.rows", "true")
        .onBoth("create table item (id serial primary key, note text)")
        .track("item");
    mirror
        .slave()
        .execute(
            "alter table item add check (note <> 'bad')",
            "revoke usage on schema public from public",
            "revoke temporary on database " + mirror.slave().database() + " from public");
    InstallScript.ofFile(INSTALL).run(mirror.slave().session());
  }

  private static List<Grant> grants(Mirror mirror) throws SQLException {
    var grants = new ArrayList<>(Grant.of(mirror.slave().session(), ROLE));
    assertThat(grants).hasSizeGreaterThan(14);
    if (!mirror.slave().isBefore15()) {
      grants.add(new Grant("set on parameter session_replication_role"));
    }
    return grants;
  }

  /**
   * Everything a sink does: joining a log, copies, values in parts, changes, truncates, sequences,
   * dead letters.
   */
  private static void workAsTheSinkDoes(Mirror mirror) throws Exception {
    // A source that reads a copy would hold up the TRUNCATE.
    mirror
        .restartSource()
        .master()
        .execute(
            "truncate item",
            "insert into item (note) values (repeat('x', 20000)), ('b')",
            "update item set note = 'c' where note = 'b'",
            "delete from item where note = 'c'",
            "select replica.copy('item')");
    mirror.restartSink(0).slave().execute("delete from replica.replica_position");
    mirror.settle().master().execute("insert into item (note) values ('bad')");
    mirror.settle().master().execute("update item set note = 'good' where note = 'bad'");
    mirror.settle();
  }

  private static List<String> errors(Mirror mirror) {
    return new ReplicaSinkConnector()
            .validate(mirror.slave().settings("table.map", "public.item:public.item"))
            .configValues()
            .stream()
            .flatMap(value -> value.errorMessages().stream().map(m -> value.name() + ": " + m))
            .toList();
  }
}
