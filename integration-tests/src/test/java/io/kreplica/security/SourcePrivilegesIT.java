package io.kreplica.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.kreplica.SharedPostgres;
import io.kreplica.source.MasterFixture;
import io.kreplica.source.ReplicaSourceConnector;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The source's role has every privilege that the source needs, and no other. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class SourcePrivilegesIT {

  private static final String ROLE = "replica_source";

  private static final String UNDONE =
      "select backlog_rows + pending_copies + tables_to_renew from replica.status";

  private final PostgresVersion version;
  private MasterFixture master;

  SourcePrivilegesIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void createMaster() throws SQLException {
    master = MasterFixture.on(SharedPostgres.of(version));
    master.execute(
        "create table item (id serial primary key, note text)",
        "create table event (id int, day int, primary key (id, day)) partition by range (day)",
        "create table event_1 partition of event default",
        "select replica.track('item'), replica.track('event')");
  }

  @AfterEach
  void closeMaster() throws SQLException {
    master.close();
  }

  @Test
  void withoutAnyOneOfItsPrivilegesTheTaskStopsAndValidationNamesIt() throws Exception {
    var grants = Grant.of(master.session(), ROLE);
    assertThat(grants).hasSizeGreaterThan(20);
    workAsTheSourceDoes();

    for (var grant : grants) {
      master.execute(grant.revokeFrom(ROLE));

      assertThat(errors())
          .as("%s: validation", grant)
          .singleElement()
          .asString()
          .startsWith("connection.user: ")
          .contains(grant.object());
      if (grant.object().matches("read_range|read_rows|check_request")) {
        // A comparison says what it lacks, and holds up nothing: VerificationIT.
        master.execute(grant.grantTo(ROLE));
        continue;
      }
      assertThat(catchThrowable(this::workAsTheSourceDoes))
          .as("%s: the task", grant)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("permission denied")
          .hasMessageContaining(grant.object())
          .hasMessageContaining("GRANT replica_source");
      master.execute(grant.grantTo(ROLE));
    }

    workAsTheSourceDoes();
    assertThat(errors()).isEmpty();
  }

  /** Everything a source does: copies, large rows, changes, sequences, new triggers, pruning. */
  private void workAsTheSourceDoes() throws Exception {
    // What a source that is gone had the server do may still go on.
    await()
        .until(
            () ->
                master
                    .value(
                        "select count(*) from pg_stat_activity where datname = current_database()"
                            + " and backend_type = 'client backend'")
                    .equals("1"));
    master.execute(
        // Of runs that failed; each would be a copy of its own.
        "delete from replica.copy_request",
        "insert into item (note) values (repeat('x', 20000))",
        "insert into event values ((select count(*) from event), 1)",
        "select replica.copy('item'), replica.copy('event')",
        "update replica.tracked_table set triggers_version = 1 where table_id = 1");
    try (var run =
        TaskRun.first(
            master.settings("record.max.bytes", "4096", "keepalive.interval.ms", "1000"))) {
      run.until(records -> isDone());
    }
  }

  private boolean isDone() {
    try {
      return master.value(UNDONE).equals("0");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<String> errors() {
    return new ReplicaSourceConnector()
        .validate(master.settings()).configValues().stream()
            .flatMap(value -> value.errorMessages().stream().map(m -> value.name() + ": " + m))
            .toList();
  }
}
