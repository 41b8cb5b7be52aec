package io.kreplica.types;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.Mirror;
import io.kreplica.SharedPostgres;
import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresVersion;
import io.kreplica.types.TypeTables.Shape;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A value of any type has the same digest on master and slave, whatever their versions and
 * settings, and another value has another.
 */
class TypeVerificationIT {

  private static final String SET_ANOTHER_VALUE =
      """
      update $table set v = o.v
      from (select a.id, b.v
            from $table a, $table b
            where a.v is not null and a.v::text <> b.v::text
            order by a.id, b.id
            limit 1) o
      where $table.id = o.id
      """;

  @ParameterizedTest
  @CsvSource({
    "OLDEST, OLDEST, PLAIN",
    "OLDEST, NEWEST, PLAIN",
    "NEWEST, OLDEST, PLAIN",
    "NEWEST, NEWEST, PLAIN",
    "OLDEST, NEWEST, KEY",
    "NEWEST, OLDEST, KEY",
    "OLDEST, NEWEST, NESTED",
    "NEWEST, OLDEST, NESTED",
  })
  void valuesHaveOneDigestWhereverTheyAre(
      PostgresVersion ofMaster, PostgresVersion ofSlave, Shape shape) throws Exception {
    var types = types(ofMaster, ofSlave, shape);
    try (var mirror =
        Mirror.between(
            MasterFixture.on(SharedPostgres.of(ofMaster)),
            SlaveFixture.on(SharedPostgres.of(ofSlave)))) {
      mirror.source("record.max.bytes", "67108864");
      HostileSettings.OLD_CLIENT.applyTo(mirror.master().session(), mirror.master().database());
      HostileSettings.GERMAN.applyTo(mirror.slave().session(), mirror.slave().database());
      var tables = TypeTables.prepare(TypeConformanceIT.sides(mirror), HostileValues.of(13), types);
      tables.create(shape);
      tables.change(shape, 0, HostileSettings.GERMAN, false);
      tables.track(shape);
      mirror.settle();
      verify(mirror);

      assertThat(verdicts(mirror)).containsOnly("equal");
      assertThat(mirror.slave().rows("select min(rows_verified) > 0 from replica.verification"))
          .containsExactly("t");
      if (shape == Shape.PLAIN) {
        assertThat(tablesWithAnotherValue(mirror, types)).isEqualTo(differing(mirror));
      }
    }
  }

  /** Those that both know; names of things are not the same in any two databases. */
  private static List<BaseType> types(PostgresVersion a, PostgresVersion b, Shape shape)
      throws SQLException {
    var values = HostileValues.of(13);
    var ofB = all(b).stream().map(BaseType::name).collect(Collectors.toSet());
    return all(a).stream()
        .filter(type -> ofB.contains(type.name()) && !values.of(type.name()).isEmpty())
        .filter(type -> !values.isUnreadable(type.name()))
        .filter(type -> a == b || !type.name().startsWith("reg"))
        .filter(type -> shape != Shape.KEY || type.sorts())
        .toList();
  }

  private static List<BaseType> all(PostgresVersion version) throws SQLException {
    try (var session = SharedPostgres.of(version).connect("postgres")) {
      return BaseType.all(session);
    }
  }

  private static void verify(Mirror mirror) throws Exception {
    mirror
        .master()
        .execute("select replica.verify(relation, rows_per_range => 5) from replica.tracked_table");
    mirror.settle();
  }

  private static Set<String> verdicts(Mirror mirror) throws SQLException {
    return Set.copyOf(
        mirror
            .slave()
            .rows(
                "select distinct concat_ws(' ', verdict, not_compared, case when verdict <> 'equal'"
                    + " then source_table end) from replica.verification"));
  }

  /** Gives a row of each table another value, but where that is left out; which tables. */
  private static Set<String> tablesWithAnotherValue(Mirror mirror, List<BaseType> types)
      throws SQLException {
    var changed = new TreeSet<String>();
    for (var type : types) {
      var table = Shape.PLAIN.table(type);
      try (var statement = mirror.slave().session().createStatement()) {
        var rows = statement.executeUpdate(SET_ANOTHER_VALUE.replace("$table", table));
        if (rows > 0 && !type.name().startsWith("reg") && !type.name().equals("aclitem")) {
          changed.add(table);
        }
      }
    }
    assertThat(changed).hasSizeGreaterThan(40);
    return changed;
  }

  private static Set<String> differing(Mirror mirror) throws Exception {
    verify(mirror);
    return new TreeSet<>(
        mirror
            .slave()
            .rows(
                "select replace(source_table, '\"', '') from replica.verification"
                    + " where verdict = 'differs'"));
  }
}
