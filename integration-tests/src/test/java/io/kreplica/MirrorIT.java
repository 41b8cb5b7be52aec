package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.sink.SlaveFixture;
import io.kreplica.stack.PostgresVersion;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The fixture that other tests rely on: it settles, sees differences, and survives restarts. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class MirrorIT {

  private final PostgresVersion version;

  MirrorIT(PostgresVersion version) {
    this.version = version;
  }

  @Test
  void copiesAndChangesArriveOnEverySlaveThroughRestartsOfEitherTask() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror
          .andTo(SlaveFixture.on(SharedPostgres.of(version)), "name", "second")
          .onBoth("create table t (id int primary key, v text)");
      mirror.master().execute("insert into t select i, 'a' from generate_series(1, 1000) i");
      mirror.track("t").settle().assertEqual();

      mirror.master().execute("update t set v = 'b' where id % 2 = 0");
      mirror.restartSource().pauseSink(1).settle().assertEqual();
      mirror.restartSink(0).restartSink(1);
      mirror.master().execute("delete from t where id % 3 = 0");
      mirror.settle().assertEqual();

      assertThat(mirror.slave(1).rows("select count(*) from t")).containsExactly("667");
    }
  }

  @Test
  void aDifferenceIsSeen() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.onBoth("create table t (id int primary key, v text)").track("t");
      mirror.master().execute("insert into t values (1, 'a')");
      mirror.settle().assertEqual();
      mirror.slave().execute("update t set v = 'b'");

      assertThatThrownBy(mirror::assertEqual)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("(1,b)");
    }
  }

  @Test
  void theSlaveIsShownAfterEachCommit() throws Exception {
    try (var mirror = Mirror.on(version)) {
      var counts = new ArrayList<String>();
      mirror
          .afterEachCommit((slave, commit) -> counts.addAll(slave.rows("select count(*) from t")))
          .onBoth("create table t (id int primary key, v text)")
          .track("t")
          .settle();
      counts.clear();
      mirror.master().execute("insert into t values (1, 'a')");
      mirror.settle();
      mirror.master().execute("insert into t values (2, 'a'), (3, 'b')");
      mirror.settleUntilIdle();

      assertThat(counts).containsExactly("1", "3");
    }
  }
}
