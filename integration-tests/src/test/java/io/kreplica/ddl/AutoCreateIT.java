package io.kreplica.ddl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.Mirror;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Slaves whose tables the sink creates and widens by itself. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class AutoCreateIT {

  private static final String TYPES =
      "select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull from pg_attribute a"
          + " where a.attrelid = 'shop.\"Big Order\"'::regclass and a.attnum > 0"
          + " and not a.attisdropped order by a.attnum";

  private static final String ORDERS =
      "create table shop.\"Big Order\" (b varchar(12) collate \"C\", a smallint,"
          + " \"select\" numeric(10,2) not null default 1.5, at timestamp(3) with time zone,"
          + " tags text[], span interval day to second(2), bits bit varying(7), c char(3),"
          + " doc jsonb, f real, \"q\"\"x\" bytea, primary key (b, a))";

  private final PostgresVersion version;
  private Mirror mirror;
  private MasterFixture master;

  AutoCreateIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void createMirror() throws SQLException {
    mirror = Mirror.on(version).sink("auto.create", "true", "auto.evolve", "true");
    master = mirror.master();
    ExecuteIT.letSinkChange(mirror.slave());
    master.execute(
        "create schema shop",
        ORDERS,
        "insert into shop.\"Big Order\" values ('x', 1, 2.25, now(), '{a,b}', '1 day 02:03', b'101',"
            + " 'ab', '{\"a\": 1}', 1.1, '\\x00ff')");
  }

  @AfterEach
  void closeMirror() throws SQLException {
    mirror.close();
  }

  @Test
  void aMissingTableIsCreatedWithItsSchemaItsTypesAndItsKey() throws Exception {
    mirror.track("shop.\"Big Order\"").settle().assertEqual();

    assertThat(mirror.slave().rows(TYPES)).containsExactlyElementsOf(nullableButKeys());
    assertThat(
            mirror
                .slave()
                .rows(
                    "select pg_get_constraintdef(oid) from pg_constraint where contype = 'p'"
                        + " and conrelid = 'shop.\"Big Order\"'::regclass"))
        .containsExactly("PRIMARY KEY (b, a)");
  }

  private Iterable<String> nullableButKeys() throws SQLException {
    return master.rows(TYPES).stream()
        .map(line -> line.replace("select|numeric(10,2)|t", "select|numeric(10,2)|f"))
        .toList();
  }

  @Test
  void anEmptyTableIsCreatedByItsFirstRowEvenIfThatIsDeleted() throws Exception {
    master.execute("create table empty (id int primary key, v text)");
    mirror.track("empty").settle();
    assertThat(mirror.slave().rows("select to_regclass('empty')")).containsExactly("null");

    master.execute(
        "insert into empty values (1, 'a')",
        "delete from empty",
        "insert into empty values (2, 'b')");
    mirror.settle().assertEqual();
  }

  @Test
  void missingColumnsAreAddedAndDroppedOnesStay() throws Exception {
    mirror.track("shop.\"Big Order\"").settle();
    master.execute(
        "alter table shop.\"Big Order\" add column \"order\" numeric(12,4), drop column doc",
        "update shop.\"Big Order\" set \"order\" = 1.5");
    mirror.settle();

    assertThat(mirror.slave().rows("select \"order\", doc from shop.\"Big Order\""))
        .containsExactly("1.5000|{\"a\": 1}");
    assertThat(mirror.slave().rows(TYPES)).contains("order|numeric(12,4)|f");
  }

  @Test
  void aTypeThatTheSlaveLacksStopsTheSinkWithTheRemedy() throws Exception {
    master.execute(
        "create type mood as enum ('calm')",
        "create table m (id int primary key, mood mood)",
        "insert into m values (1, 'calm')");
    mirror.track("m");

    assertThatThrownBy(mirror::settle)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("Cannot create table public.m: type \"public.mood\" does not exist")
        .hasMessageContaining("Create the type, domain or extension");
    mirror.pauseSink(0).onSlaves("create type mood as enum ('calm')");
    mirror.restartSink(0).settle().assertEqual();
  }

  @Test
  void withoutSchemasTheSinkNamesTheSetting() throws Exception {
    mirror.schemaless().track("shop.\"Big Order\"");

    assertThatThrownBy(mirror::settle)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("value.converter.schemas.enable=true");

    mirror.pauseSink(0).onSlaves("create schema shop", ORDERS).restartSink(0);
    mirror.settle().assertEqual();
  }

  @Test
  void aSinkThatMayNotCreateSaysWhatToGrant() throws Exception {
    mirror
        .slave()
        .execute(
            "revoke create on schema public from public, sink_login",
            "do $$ begin execute format('revoke create on database %I from sink_login, public',"
                + " current_database()); end $$");
    mirror.track("shop.\"Big Order\"");

    assertThatThrownBy(mirror::settle)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("permission denied")
        .hasMessageContaining("CREATE on the schema");

    mirror
        .restartSink(0)
        .slave()
        .execute(
            "do $$ begin execute format('grant create on database %I to sink_login',"
                + " current_database()); end $$");
    mirror.settle().assertEqual();
  }

  @Test
  void aTableIsCreatedUnderTheNameThatTheMapGives() throws Exception {
    mirror.sink("table.map", "shop.\"Big Order\":archive.orders");
    mirror.track("shop.\"Big Order\"").settle();

    assertThat(mirror.slave().rows("select count(*) from archive.orders")).containsExactly("1");
  }

  @Test
  void withoutAutoEvolveAMissingColumnStillStopsTheSink() throws Exception {
    mirror.sink("auto.evolve", "false").track("shop.\"Big Order\"").settle().restartSink(0);
    master.execute(
        "alter table shop.\"Big Order\" add column n int", "update shop.\"Big Order\" set n = 1");

    assertThatThrownBy(mirror::settle)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("has no column n");
  }
}
