package io.kreplica.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.SharedPostgres;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What validation says before a source is created, and what auto.install does by itself. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class SourceValidationIT {

  private final PostgresVersion version;
  private MasterFixture master;

  SourceValidationIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void createMaster() throws SQLException {
    master = MasterFixture.on(SharedPostgres.of(version));
    master.execute(
        "create table account (id int primary key, name text)", "select replica.track('account')");
  }

  @AfterEach
  void closeMaster() throws SQLException {
    master.close();
  }

  @Test
  void theScriptsRoleIsEnough() {
    assertThat(errors("tables", "public.account,public.acc*")).isEmpty();
  }

  @Test
  void anUnknownRoleIsNamed() {
    assertThat(errors("connection.user", "nobody_at_all"))
        .containsOnlyKeys("connection.user")
        .asString()
        .contains("nobody_at_all")
        .doesNotContain("secret");
  }

  @Test
  void anUnknownDatabaseIsNamedWithTheSettingToLookAt() {
    var url = master.settings().get("connection.url").replaceAll("master\\d+", "nowhere");

    assertThat(errors("connection.url", url))
        .containsOnlyKeys("connection.url")
        .asString()
        .contains("nowhere", "Check the database's name");
  }

  @Test
  void aMissingScriptIsNamedWithTheRemedy() throws SQLException {
    master.execute("drop schema replica cascade");

    assertThat(errors().get("connection.url"))
        .contains("KReplica is not installed", "sql/master/install.sql", "auto.install=true");
  }

  @Test
  void aScriptOfAnotherVersionIsNamedWithTheRemedy() throws SQLException {
    master.execute("update replica.log_state set schema_version = 0");
    assertThat(errors().get("connection.url"))
        .contains("version 0", "Run its sql/master/install.sql");

    master.execute("update replica.log_state set schema_version = 99");
    assertThat(errors().get("connection.url")).contains("version 99", "connector of the master's");
  }

  @Test
  void aRestoredLogIsNamedWithTheRemedy() throws SQLException {
    master.execute("update replica.log_state set system_identifier = 42");

    assertThat(errors().get("connection.url")).contains("cluster 42", "replica.restart_log()");
  }

  @Test
  void anUntrackedTableIsNamedWithTheRemedy() {
    assertThat(errors("tables", "public.account,public.missing").get("tables"))
        .contains("public.missing", "select replica.track('public.missing')");
  }

  @Test
  void autoInstallIsAcceptedOnAnEmptyDatabaseOnlyWhereTheRoleMayCreate() throws SQLException {
    master.execute("drop schema replica cascade");

    assertThat(errors("auto.install", "true").get("connection.user")).contains("lacks CREATE");
    assertThat(errors("auto.install", "true", "connection.user", "postgres")).isEmpty();
  }

  @Test
  void autoInstallInstallsAndTracksWhatMatches() throws Exception {
    master.execute(
        "drop schema replica cascade",
        "create table other (id int primary key)",
        "create table acc_nokey (id int)");
    var settings =
        master.settings(
            "auto.install", "true", "connection.user", "postgres", "tables", "public.acc*");

    try (var run = TaskRun.first(settings)) {
      run.untilIdle();

      assertThat(master.rows("select name from replica.tracked_table"))
          .containsExactly("public.account");
    }
  }

  @Test
  void autoInstallRefusesATableNamedInFullThatCannotBeTracked() throws Exception {
    master.execute("create table nokey (id int)");
    var settings =
        master.settings(
            "auto.install", "true", "connection.user", "postgres", "tables", "public.nokey");

    try (var run = TaskRun.first(settings)) {
      assertThatThrownBy(run::untilIdle)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("public.nokey")
          .hasMessageContaining("no primary key");
    }
  }

  /** The errors of validation, by setting. */
  private Map<String, String> errors(String... more) {
    var errors = new TreeMap<String, String>();
    for (var value : new ReplicaSourceConnector().validate(master.settings(more)).configValues()) {
      if (!value.errorMessages().isEmpty()) {
        errors.put(value.name(), String.join(" ", value.errorMessages()));
      }
    }
    return errors;
  }
}
