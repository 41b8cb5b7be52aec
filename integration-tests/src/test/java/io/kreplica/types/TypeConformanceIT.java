package io.kreplica.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.Mirror;
import io.kreplica.SharedPostgres;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresVersion;
import io.kreplica.types.TypeTables.Shape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every type that PostgreSQL's catalog lists arrives identical: whatever the sessions' settings on
 * the master, whatever the slave's, by copy and by change.
 */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class TypeConformanceIT {

  private final PostgresVersion version;
  private final List<BaseType> types;
  private final HostileValues values;

  TypeConformanceIT(PostgresVersion version) throws SQLException {
    this.version = version;
    try (var session = SharedPostgres.of(version).connect("postgres")) {
      types = BaseType.all(session);
      values = HostileValues.of(session.getMetaData().getDatabaseMajorVersion());
    }
  }

  @Test
  void noTypeOfTheCatalogIsForgotten() {
    assertThat(types).map(BaseType::name).allMatch(values::knows);
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void everyValueArrivesIdentical(Shape shape) throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.source("record.max.bytes", "67108864");
      HostileSettings.OLD_CLIENT.applyTo(mirror.master().session(), mirror.master().database());
      HostileSettings.GERMAN.applyTo(mirror.slave().session(), mirror.slave().database());
      var tables = TypeTables.prepare(sides(mirror));
      tables.create(shape);
      tables.change(shape, 0, HostileSettings.GERMAN, false);
      tables.track(shape);
      mirror.settle();
      assertThat(tables.differences(shape)).as("copied").isEmpty();

      var profile = 0;
      for (var settings : HostileSettings.values()) {
        tables.change(shape, ++profile, settings, false);
        tables.change(shape, ++profile, settings, true);
      }
      mirror.settle();
      assertThat(tables.differences(shape)).as("changed").isEmpty();
    }
  }

  @Test
  void typesThatPostgresDoesNotReadAreRefused() throws Exception {
    try (var master = MasterFixture.on(SharedPostgres.of(version))) {
      for (var type : types) {
        if (values.isUnreadable(type.name())) {
          master.execute(
              "create table t (id int primary key, \"The value\" " + type.sql() + ")",
              "create type row_type as (v " + type.sql() + ")",
              "create table nested (id int primary key, v row_type[])");
          for (var table : List.of("t", "nested")) {
            assertThatThrownBy(() -> master.execute("select replica.track('" + table + "')"))
                .hasMessageContaining("Cannot track public." + table)
                .hasMessageContaining(type.name())
                .hasMessageContaining("TYPE text");
          }
          master.execute("drop table t, nested", "drop type row_type");
        }
      }
    }
  }

  static TypeTables.Sides sides(Mirror mirror) {
    return new TypeTables.Sides() {
      @Override
      public Connection master() {
        return mirror.master().session();
      }

      @Override
      public Connection slave() {
        return mirror.slave().session();
      }

      @Override
      public void onBoth(String... statements) throws SQLException {
        mirror.onBoth(statements);
      }
    };
  }
}
