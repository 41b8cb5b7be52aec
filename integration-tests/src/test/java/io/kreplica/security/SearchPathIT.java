package io.kreplica.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.Mirror;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The functions of schema replica find what they mean, whatever the session's search path holds. In
 * these tests it holds everything first: a function, an operator, a type, a table for each of
 * PostgreSQL's that ours name. Each of them notes that it was used.
 */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class SearchPathIT {

  /** Those that run what a client gives them in the client's search path, or commit. */
  private static final String[] UNPINNED = {
    "replica.execute(text,boolean)", "replica.log_ddl()", "replica.renew()"
  };

  private static final String TRAPS =
      """
      create schema evil;
      create table evil.caught (what text);
      create function evil.catch(what text) returns boolean language plpgsql
      set search_path = pg_catalog as $f$
      begin
          insert into evil.caught values (what || ' as ' || current_user);
          return true;
      end $f$;

      do $$
      declare
          _of_ours constant text := (select string_agg(p.prosrc, ' ') from pg_proc p
                                     where p.pronamespace = 'replica'::regnamespace);
          _body constant text := 'language plpgsql as $f$ begin perform evil.catch(%L); return null; end $f$';
          _types constant regtype[] := '{text,name,oid,int2,int4,int8,bool,"char",xid8,timestamptz,interval,
              jsonb,json,float8,numeric,anyarray,anyelement,anynonarray,xid,_text}';
          _it record;
          _number integer := 0;
      begin
          for _it in
              select o.oprname, o.oprleft::regtype as l, o.oprright::regtype as r, o.oprresult::regtype as result
              from pg_operator o
              where o.oprnamespace = 'pg_catalog'::regnamespace and o.oprkind = 'b'
                and strpos(_of_ours, o.oprname) > 0
                and o.oprleft = any (_types) and o.oprright = any (_types)
          loop
              begin
                  _number := _number + 1;
                  execute format('create function evil.o%s(%s, %s) returns %s ' || _body,
                                 _number, _it.l, _it.r, _it.result, _it.oprname);
                  execute format('create operator evil.%s (leftarg = %s, rightarg = %s, function = evil.o%s)',
                                 _it.oprname, _it.l, _it.r, _number);
              exception when others then null; -- Types that PL/pgSQL does not take.
              end;
          end loop;
          for _it in
              select p.proname, pg_get_function_identity_arguments(p.oid) as arguments,
                     pg_get_function_result(p.oid) as result
              from pg_proc p
              where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind = 'f'
                and not p.proretset and _of_ours ~ ('\\m' || p.proname || '\\M')
          loop
              begin
                  execute format('create function evil.%I(%s) returns %s ' || _body,
                                 _it.proname, _it.arguments, _it.result, _it.proname);
              exception when others then null;
              end;
          end loop;
          for _it in
              select t.typname from pg_type t
              where t.typnamespace = 'pg_catalog'::regnamespace and t.typtype = 'b' and t.typelem = 0
                and _of_ours ~ ('\\m' || t.typname || '\\M')
          loop
              execute format('create domain evil.%1$I as pg_catalog.%1$I check (evil.catch(%1$L))', _it.typname);
          end loop;
          for _it in
              select c.relname,
                     (select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
                      where a.attrelid = c.oid and a.attnum > 0 and a.atttypid <> 'anyarray'::regtype) as columns
              from pg_class c
              where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind in ('r', 'v')
                and _of_ours ~ ('\\m' || c.relname || '\\M')
          loop
              execute format('create view evil.%1$I as select %2$s from pg_catalog.%1$I where evil.catch(%1$L)', _it.relname, _it.columns);
          end loop;
          for _it in select unnest(array['replica_log', 'tracked_table', 'log_state', 'changed_rows', 'checkpoint']) as relname
          loop
              execute format('create view evil.%1$I as select 1 as id where evil.catch(%1$L)', _it.relname);
              execute format('create temporary table %I (id int)', _it.relname);
          end loop;
      end
      $$;
      grant usage on schema evil to public;
      grant select, insert on all tables in schema evil to public;
      """;

  private static final String HOSTILE_PATH = "set search_path = evil, pg_temp, pg_catalog, public";

  private final PostgresVersion version;
  private Mirror mirror;

  SearchPathIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void createTables() throws Exception {
    mirror =
        Mirror.on(version)
            .onBoth(
                "create table t (id int primary key, v text)",
                "create table exact (id int primary key, v text, f float8, a int[])",
                "create table child (id int primary key, t int references t on delete cascade)",
                "create table event (id int, day int, primary key (id, day)) partition by range (day)",
                "create table event_1 partition of event default",
                "create table stray (id int primary key)")
            .track("t", "exact", "child", "event");
  }

  private void setTraps() throws Exception {
    mirror.settle();
    mirror.master().execute(TRAPS);
  }

  @AfterEach
  void close() throws SQLException {
    mirror.close();
  }

  private void assertNothingWasCaught() throws Exception {
    mirror.master().execute("reset role", "reset search_path");
    assertThat(mirror.master().rows("select distinct what from evil.caught")).isEmpty();
    mirror.settle().assertEqual();
  }

  @Test
  void everyFunctionPinsItsSearchPathButThoseThatMustNot() throws SQLException {
    assertThat(
            mirror
                .master()
                .rows(
                    "select p.oid::regprocedure from pg_proc p"
                        + " where p.pronamespace = 'replica'::regnamespace"
                        + " and not coalesce(p.proconfig, '{}')"
                        + " @> array['search_path=pg_catalog, pg_temp'] order by 1::text"))
        .containsExactlyInAnyOrder(UNPINNED);
  }

  @Test
  void nothingInTheSchemaIsForEverybody() throws SQLException {
    assertThat(
            mirror
                .master()
                .rows(
                    """
                    select p.oid::regprocedure::text
                    from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                    where p.pronamespace = 'replica'::regnamespace and a.grantee = 0
                    union all
                    select c.oid::regclass::text
                    from pg_class c, aclexplode(c.relacl) a
                    where c.relnamespace = 'replica'::regnamespace and a.grantee = 0
                    union all
                    select n.nspname
                    from pg_namespace n, aclexplode(n.nspacl) a
                    where n.nspname = 'replica' and a.grantee = 0
                    """))
        .isEmpty();
  }

  @Test
  void trapsCatch() throws Exception {
    setTraps();
    mirror
        .master()
        .execute(HOSTILE_PATH, "select 1 + 1, lower('A'), 'x'::text from pg_class limit 1");
    mirror.master().execute("reset search_path");

    assertThat(mirror.master().rows("select distinct split_part(what, ' ', 1) from evil.caught"))
        .contains("+", "text", "pg_class");
  }

  @Test
  void capturesFindWhatTheyMean() throws Exception {
    setTraps();
    mirror
        .master()
        .execute(
            "do $$ begin if to_regrole('path_app') is null then create role path_app; end if; end $$",
            "grant select, insert, update, delete, truncate on all tables in schema public to path_app",
            "create function public.nest() returns trigger language plpgsql"
                + " set search_path = pg_catalog as $$"
                + " begin update public.t set v = 'n' where id = new.id; return null; end $$",
            "create trigger nest after insert on t for each row execute function public.nest()",
            HOSTILE_PATH,
            "set role path_app",
            "insert into public.t values (1, 'a'), (2, 'b')",
            "update public.t set v = 'c'",
            "update public.t set id = 7 where v is null",
            "insert into public.child values (1, 1), (2, 2)",
            "delete from public.t",
            "insert into public.exact values (1, 'a', 0.1, '{1,2}')",
            "update public.exact set id = 2",
            "insert into public.event values (1, 1)",
            "update public.event set id = 2",
            "truncate public.event_1",
            "truncate public.exact");

    assertNothingWasCaught();
    mirror.master().execute("drop owned by path_app");
  }

  @Test
  void schemaCommandsAreCapturedWithNothingOfTheClientsPath() throws Exception {
    setTraps();
    mirror
        .master()
        .execute(
            "do $$ begin if to_regrole('path_owner') is null then create role path_owner; end if; end $$",
            "alter table exact owner to path_owner",
            "grant create on schema public to path_owner",
            "select replica.trust('path_owner')",
            "select replica.capture_ddl(true)",
            HOSTILE_PATH,
            "set role path_owner",
            "alter table public.exact add column n int",
            "alter table public.exact drop column a",
            "create table public.other (id int)",
            "drop table public.other",
            "reset role");
    mirror.onSlaves("alter table exact add column n int", "alter table exact drop column a");

    assertNothingWasCaught();
    mirror.master().execute("drop owned by path_owner cascade");
  }

  @Test
  void whatAnOperatorCallsFindsWhatItMeans() throws Exception {
    setTraps();
    mirror
        .master()
        .execute(
            "create trigger stray after insert on stray"
                + " for each statement execute function replica.log_truncate('99')",
            "update replica.tracked_table set triggers_version = 1",
            "set replica.patience = '1s'",
            HOSTILE_PATH,
            "call replica.renew()",
            "select replica.execute('alter table public.exact alter column id type bigint')",
            "select replica.untrack('public.child'), replica.track('public.child')",
            "select replica.copy('public.exact')",
            "select * from replica.untrack_all('public')",
            "select * from replica.track_all('public')",
            "select * from replica.status");

    assertNothingWasCaught();
  }
}
