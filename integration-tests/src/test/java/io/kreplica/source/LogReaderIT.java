package io.kreplica.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.SharedPostgres;
import io.kreplica.source.read.CopyRequest;
import io.kreplica.source.read.LogReader;
import io.kreplica.stack.PostgresVersion;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the source holds of the rows that it reads. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class LogReaderIT {

  private static final int RECORD_BYTES = 100_000;

  private final PostgresVersion version;

  LogReaderIT(PostgresVersion version) {
    this.version = version;
  }

  /** Stored, each takes less than two records; as text, some twenty megabytes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "jsonb_build_array(repeat('x', 10000000))",
        "array_fill('a, b'::text, array[1500000])",
        "array_fill(1e100000, array[200])"
      })
  void aCopiedRowThatIsSmallOnlyAsItIsStoredIsNotHeldWhole(String value) throws Exception {
    try (var master = MasterFixture.on(SharedPostgres.of(version));
        var session = master.connect()) {
      master.execute(
          "create table t as select 1 as id, " + value + " as v",
          "alter table t add primary key (id)",
          "select replica.track('t')");
      assertThat(Integer.parseInt(master.value("select pg_column_size(v) from t")))
          .isLessThan(2 * RECORD_BYTES);
      var reader = new LogReader(session, 2_000, RECORD_BYTES, true);

      var table = Integer.parseInt(master.value("select table_id from replica.tracked_table"));
      var row =
          reader.chunk(new CopyRequest(1, table, Optional.empty(), Optional.empty()), 10).next();

      assertThat(row.orElseThrow().row()).isNull();
      assertThat(row.orElseThrow().image()).isNull();
      assertThat(row.orElseThrow().stored()).isNotNull();
    }
  }
}
