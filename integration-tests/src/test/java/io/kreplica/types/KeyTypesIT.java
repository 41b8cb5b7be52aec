package io.kreplica.types;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.Mirror;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.PostgresVersion;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys whose equality is not that of their texts. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class KeyTypesIT {

  private final PostgresVersion version;

  KeyTypesIT(PostgresVersion version) {
    this.version = version;
  }

  @Test
  void aKeyWrittenInOneTimeZoneAndDeletedInAnotherIsGone() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.onBoth("create table t (k timestamptz primary key)").track("t").settle();

      mirror
          .master()
          .execute(
              "set timezone = 'America/St_Johns'",
              "insert into t values ('2020-01-01 00:00:00+00'), ('2020-01-02 00:00:00+00')",
              "set timezone = 'UTC'",
              "delete from t where k = '2020-01-01 00:00:00+00'");
      mirror.settle().assertEqual();
    }
  }

  @Test
  void anInstantInAKeyHasOneTextWhateverTheTimeZone() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.onBoth("create table t (k timestamptz primary key, v text)").track("t").settle();

      mirror
          .master()
          .execute(
              "set timezone = 'America/St_Johns'",
              "insert into t values ('2020-01-01 00:00:00+00')",
              "set timezone = 'UTC'",
              "update t set v = 'changed'");
      mirror.settle().assertEqual();

      assertThat(TaskRun.data(mirror.sent()))
          .extracting(record -> ((Struct) record.key()).get("k"))
          .containsOnly("2020-01-01T00:00:00+00:00")
          .hasSize(2);
    }
  }
}
