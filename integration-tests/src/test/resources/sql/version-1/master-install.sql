-- KReplica, master side: psql -d yourdb -f sql/master/install.sql
--
-- The order is a row's path. Running the script again brings an installation up to date; it keeps
-- the log and what is tracked. The role that runs it owns the schema and needs CREATE on the
-- database; a superuser is not needed. Then, for each table:  select replica.track('public.t');


set client_min_messages = warning;
create schema if not exists replica;
comment on schema replica is 'KReplica: the log of changes, for the source connector to read';

-- What is kept
create table if not exists replica.log_state (
    singleton boolean primary key default true check (singleton),
    log_id uuid not null default gen_random_uuid(),
    schema_version integer not null,
    system_identifier bigint not null,
    doorbell_rings boolean not null default true,
    epoch bigint not null default 0,
    confirmed pg_snapshot,
    confirmed_at timestamptz,
    check ((confirmed is null) = (confirmed_at is null))
);

comment on table replica.log_state is 'What the log is and how far it has been read: one row';
comment on column replica.log_state.singleton is 'Always true: there is one row';
comment on column replica.log_state.log_id is 'Identity of this log; slaves and source offsets belong to it';
comment on column replica.log_state.schema_version is 'Version of the installed script, which the source connector compares with its own';
comment on column replica.log_state.system_identifier is 'The cluster the log was written in; differs after a restore into another cluster, whose transaction ids start anew';
comment on column replica.log_state.doorbell_rings is 'False where NOTIFY does not go with two-phase commit: the source then polls, from its next start on';
comment on column replica.log_state.epoch is 'Counts the starts of the source; fences what a predecessor still sends';
comment on column replica.log_state.confirmed is 'Position up to which Kafka has acknowledged the log; the rows below it are pruned';
comment on column replica.log_state.confirmed_at is 'When the source last confirmed a position';

insert into replica.log_state (schema_version, system_identifier)
select 1, system_identifier from pg_catalog.pg_control_system()
on conflict (singleton) do update set schema_version = excluded.schema_version;
create table if not exists replica.tracked_table (
    table_id integer primary key generated always as identity,
    relation regclass not null unique,
    name text not null,
    key_columns smallint[] not null check (cardinality(key_columns) > 0),
    key_names text[] not null,
    exact boolean not null,
    pinned boolean not null,
    cascades boolean not null,
    tracked_at timestamptz not null default now(),
    untracked_at timestamptz
);

comment on table replica.tracked_table is 'Tables whose changes are logged; a row stays after untrack, for the log rows that name it';
comment on column replica.tracked_table.table_id is 'Names the table in the log';
comment on column replica.tracked_table.relation is 'The table; follows a rename';
comment on column replica.tracked_table.name is 'schema.table when it was tracked, for log rows that outlive the table';
comment on column replica.tracked_table.key_columns is 'Attribute numbers of the key, in key order; numbers outlive a rename';
comment on column replica.tracked_table.key_names is 'Names of the key columns when it was tracked, for log rows that outlive the table';
comment on column replica.tracked_table.exact is 'Whether the log holds each row''s exact text image too, because JSON would not bring every value back';
comment on column replica.tracked_table.pinned is 'Whether its captures pin the session''s settings, because they would change some value''s text';
comment on column replica.tracked_table.cascades is 'Whether its captures are always careful, because foreign keys change its rows';
comment on column replica.tracked_table.tracked_at is 'When track was last called';
comment on column replica.tracked_table.untracked_at is 'When untrack was called; null while the table is tracked';
-- No CHECK constraints and no triggers here: each costs every captured statement some microseconds.
create table if not exists replica.replica_log (
    seq bigint not null generated always as identity (cache 1),
    xid xid8 not null default pg_current_xact_id(),
    table_id integer not null,
    op "char" not null,
    row json,
    image text,
    ts timestamptz not null default clock_timestamp()
) with (
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 20000,
    autovacuum_vacuum_insert_scale_factor = 0.2,
    autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 50000
);

create index if not exists replica_log_xid on replica.replica_log (xid);

comment on table replica.replica_log is 'Every change of a tracked table, written by its triggers in the transaction that made it';
comment on column replica.replica_log.seq is 'Drawn when the row is logged, after the change has its lock; cached nowhere, so that it respects the order of locks';
comment on column replica.replica_log.xid is 'The transaction (top level), by which the source decides what is new';
comment on column replica.replica_log.table_id is 'The table, see replica.tracked_table';
comment on column replica.replica_log.op is 'I insert, U update (or the row as it is now), D delete, T truncate';
comment on column replica.replica_log.row is 'The new row; for D the old row, of which the key counts';
comment on column replica.replica_log.image is 'The same row in PostgreSQL''s record text, where JSON would not bring every value back';
comment on column replica.replica_log.ts is 'When the row was logged';
comment on index replica.replica_log_xid is 'The only index: batches are ranges of transactions';
create table if not exists replica.checkpoint (
    seq bigint primary key,
    snapshot pg_snapshot not null,
    writer xid8 not null
);

comment on table replica.checkpoint is 'Positions on the way: a source that is far behind goes from one to the next, so that its batches stay small';
comment on column replica.checkpoint.seq is 'The log row at which it was taken';
comment on column replica.checkpoint.snapshot is 'pg_current_snapshot() of the writer, in which the writer itself counts as in progress';
comment on column replica.checkpoint.writer is 'The writer''s transaction';
create table if not exists replica.copy_request (
    request_id bigint primary key generated always as identity,
    table_id integer not null references replica.tracked_table on delete cascade,
    reason text not null check (reason in ('initial', 'track', 'copy')),
    slave text,
    requested_at timestamptz not null default now(),
    finished_at timestamptz
);

comment on table replica.copy_request is 'Tables to copy whole, in this order, while changes flow';
comment on column replica.copy_request.request_id is 'Order of the requests; grows';
comment on column replica.copy_request.table_id is 'The table';
comment on column replica.copy_request.reason is 'initial: the source''s first start; track: the table was tracked; copy: somebody asked';
comment on column replica.copy_request.slave is 'The only slave the copy is for (its slave.name); null for all';
comment on column replica.copy_request.requested_at is 'When it was asked for';
comment on column replica.copy_request.finished_at is 'When Kafka had acknowledged its last row, or snapshot.mode=never passed it over';

-- Doorbell and checkpoints: the log wakes the source and measures its way
create or replace function replica.ring_doorbell()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Wakes the source if it sleeps. Every committing NOTIFY takes a database-wide lock through the flush
-- of the log, so a writer rings only if somebody is asleep: a source that wants to sleep holds the
-- doorbell's lock exclusively. A writer that gets the lock shared keeps it to its end without ringing;
-- the source cannot fall asleep before that, and then reads once more.
-- 19282 and 1 name the lock; the capture functions and the source know the same two numbers.
-- Where NOTIFY does not go with two-phase commit, the doorbell is silent, and the source polls.
begin
    if not pg_try_advisory_xact_lock_shared(19282, 1)
       and (select s.doorbell_rings from replica.log_state s) then
        notify replica_log;
    end if;
end
$$;

comment on function replica.ring_doorbell() is
    'NOTIFY, a hint that carries no data, only if the source sleeps';
create or replace function replica.set_checkpoint()
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
    -- Stores where the log stands, every 10,000 rows or so, by the writer that drew the number. Only the
    -- writer's snapshot is at hand here; the source counts the writer itself as in progress, since its
    -- transaction goes on. Several in one statement would be alike; it may draw none in a crowd of bulk
    -- writers, and the next one does.
    insert into replica.checkpoint (seq, snapshot, writer)
    values (lastval(), pg_current_snapshot(), pg_current_xact_id())
    on conflict (seq) do nothing
$$;

comment on function replica.set_checkpoint() is
    'Stores a position, between which batches stay small, at the log''s last row';

-- Capture: a change becomes a log row, in the writer's transaction
create or replace function replica.as_now_sql(table_id integer, changed text)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- The careful path's statement: for every key among the changed rows, log the row as it is now (U), or
-- D if it is gone. Needed once triggers write to tracked tables: a nested statement's log rows come
-- before the outer statement's, whose images may be older by then. Needed too where foreign keys update
-- and delete a table's rows in turn: one statement then captures both, in an order of its own.
--   table_id  the tracked table
--   changed   what holds the changed rows: a transition table, or a subquery
declare
    _table replica.tracked_table;
    _keys text;
    _join text;
    _first_key text;
begin
    select * into strict _table
    from replica.tracked_table t
    where t.table_id = as_now_sql.table_id;

    select string_agg(format('n.%I', a.attname), ', ' order by k.ordinality),
           string_agg(format('c.%1$I = n.%1$I', a.attname), ' and ' order by k.ordinality),
           (array_agg(quote_ident(a.attname) order by k.ordinality))[1]
    into strict _keys, _join, _first_key
    from unnest(_table.key_columns) with ordinality as k(attnum, ordinality)
    join pg_attribute a on a.attrelid = _table.relation and a.attnum = k.attnum;

    return format(
        'insert into replica.replica_log (table_id, op, row, image)
         select %1$s,
                case when c.%2$s is null then ''D'' else ''U'' end,
                case when c.%2$s is null then to_json(n.*) else to_json(c.*) end,
                %3$s
         from (select distinct on (%4$s) n.* from %5$s n) n
         left join only %6$s c on %7$s',
        _table.table_id,
        _first_key,
        case when _table.exact
             then format('case when c.%1$s is null then (n.*)::text else (c.*)::text end', _first_key)
             else 'null' end,
        _keys,
        changed,
        _table.relation::text,
        _join);
end
$$;

comment on function replica.as_now_sql(integer, text) is
    'The statement with which a capture logs changed rows as they are now; for changes made by triggers and foreign keys';
create or replace function replica.log_change()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
-- Logs the rows that a statement has inserted, updated or deleted: the transition table changed_rows
-- holds the new rows, or the old ones of a DELETE. COPY, MERGE, ON CONFLICT and foreign keys come here
-- like any other statement. No column is named, so that ALTER TABLE breaks nothing.
--   tg_argv[0]  table_id
--   tg_argv[1]  'exact' where the table's rows need their text image, else 'json'
--   tg_argv[2]  'cascades' where foreign keys update and delete the table's rows, else 'plain'
-- Every statement comes this way, so the doorbell's lock is tried here, not in ring_doorbell, and here it is
-- found whether a checkpoint is due.
declare
    _rows bigint;
begin
    if pg_trigger_depth() > 1 or current_setting('replica.nested', true) = 'on' then
        perform set_config('replica.nested', 'on', true);
        execute replica.as_now_sql(tg_argv[0]::integer, 'changed_rows');
    elsif tg_argv[2] = 'cascades' then
        execute replica.as_now_sql(tg_argv[0]::integer, 'changed_rows');
    elsif tg_argv[1] = 'exact' then
        insert into replica.replica_log (table_id, op, row, image)
        select tg_argv[0]::integer, tg_op::"char", to_json(r.*), (r.*)::text
        from changed_rows r;
    else
        insert into replica.replica_log (table_id, op, row)
        select tg_argv[0]::integer, tg_op::"char", to_json(r.*)
        from changed_rows r;
    end if;
    get diagnostics _rows = row_count;
    if not pg_try_advisory_xact_lock_shared(19282, 1) then
        perform replica.ring_doorbell();
    end if;
    if _rows > 0 and lastval() % 10000 < _rows then
        perform replica.set_checkpoint();
    end if;
    return null;
end
$$;

comment on function replica.log_change() is
    'Statement trigger: logs the rows that a statement has inserted, updated or deleted';
create or replace function replica.log_key_change()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
-- An UPDATE that changes a key is logged as D of the old key and U of the new row. This row trigger
-- logs the D; row triggers fire before the statement trigger that logs the U (log_change), so that
-- UPDATE t SET id = id + 1 comes out right.
--   tg_argv[0]  table_id
--   tg_argv[1]  'exact' where the table's rows need their text image, else 'json'
--   tg_argv[2]  'cascades' where foreign keys change the table's rows, else 'plain'
declare
    _table_id constant integer := tg_argv[0];
    _nested constant boolean := pg_trigger_depth() > 1 or current_setting('replica.nested', true) = 'on';
begin
    if _nested then
        perform set_config('replica.nested', 'on', true);
    end if;
    if _nested or tg_argv[2] = 'cascades' then
        execute replica.as_now_sql(
            _table_id,
            format('(select o.* from json_populate_record(null::%s, $1) o)', tg_relid::regclass))
        using to_json(old.*);
    else
        insert into replica.replica_log (table_id, op, row, image)
        values (_table_id, 'D', to_json(old.*), case when tg_argv[1] = 'exact' then old.*::text end);
    end if;
    return null;
end
$$;

comment on function replica.log_key_change() is
    'Row trigger: logs the deletion of a key that an UPDATE has changed';
create or replace function replica.log_truncate()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
-- Logs that a table was emptied. A TRUNCATE of several tables fires one trigger each; their log rows
-- are adjacent, and the sink makes one statement of them again.
--   tg_argv[0]  table_id
begin
    insert into replica.replica_log (table_id, op)
    values (tg_argv[0]::integer, 'T');
    perform replica.ring_doorbell();
    return null;
end
$$;

comment on function replica.log_truncate() is
    'Statement trigger: logs a TRUNCATE';
-- A session's settings change what some types look like as text: floats (extra_float_digits),
-- intervals, bytea, money, and everything inside an exact image. Tables with such columns are
-- captured by variants of the same functions that pin those settings. A SET costs one to three
-- microseconds a call, so that the other tables do without.
do $do$
declare
    _function text;
begin
    foreach _function in array array['log_change', 'log_key_change']
    loop
        execute format(
            $sql$
            create or replace function replica.%1$I()
            returns trigger
            language plpgsql security definer
            set search_path = pg_catalog, pg_temp
            set "DateStyle" = 'ISO, YMD'
            set "IntervalStyle" = 'postgres'
            set "TimeZone" = 'UTC'
            set bytea_output = 'hex'
            set extra_float_digits = 1
            set lc_monetary = 'C'
            as %2$L
            $sql$,
            _function || '_pinned',
            (select p.prosrc
             from pg_catalog.pg_proc p
             where p.oid = format('replica.%I()', _function)::regprocedure));
        execute format(
            'comment on function replica.%I() is %L',
            _function || '_pinned',
            format('%s() for tables with values whose text depends on the session''s settings', _function));
    end loop;
end
$do$;

-- What a person calls
create or replace function replica.foreign_keys_change(tracked regclass)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether a change of another row can update or delete rows of the table: ON DELETE or ON UPDATE
    -- with CASCADE, SET NULL or SET DEFAULT.
    select exists (
        select
        from pg_constraint c
        where c.conrelid = tracked and c.contype = 'f'
          and (c.confdeltype in ('c', 'n', 'd') or c.confupdtype in ('c', 'n', 'd')))
$$;

comment on function replica.foreign_keys_change(regclass) is
    'Whether foreign keys change rows of a table, so that its captures must be careful';
create or replace function replica.refuse_untrackable(class pg_class)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- Refuses relations whose changes the triggers could not log completely, each with the remedy.
declare
    _name constant text := class.oid::regclass::text;
    _owner constant name := (select pg_get_userbyid(n.nspowner) from pg_namespace n where n.nspname = 'replica');
begin
    if class.relnamespace = 'replica'::regnamespace or class.relnamespace = 'pg_catalog'::regnamespace then
        raise exception 'Cannot track %: it belongs to schema %', _name, class.relnamespace::regnamespace
            using errcode = 'wrong_object_type', hint = 'Track tables of your own.';
    elsif class.relkind = 'p' or class.relispartition then
        raise exception 'Cannot track %: it is partitioned or a partition', _name
            using errcode = 'feature_not_supported',
                  hint = 'Partitioned tables are not supported in this version; track an ordinary table.';
    elsif class.relkind <> 'r' then
        raise exception 'Cannot track %: it is not an ordinary table', _name
            using errcode = 'wrong_object_type',
                  hint = 'Track the tables beneath a view; foreign tables are logged by nobody here.';
    elsif class.relpersistence <> 'p' then
        raise exception 'Cannot track %: it is % and does not survive a crash', _name,
                case class.relpersistence when 't' then 'temporary' else 'unlogged' end
            using errcode = 'object_not_in_prerequisite_state',
                  hint = format('ALTER TABLE %s SET LOGGED makes an unlogged table permanent.', _name);
    elsif exists (select from pg_inherits i where class.oid in (i.inhparent, i.inhrelid)) then
        raise exception 'Cannot track %: it inherits, or is inherited from', _name
            using errcode = 'feature_not_supported',
                  hint = 'A statement on the parent changes rows of its children unseen by their triggers; inheritance is not supported in this version.';
    elsif not has_table_privilege(_owner, class.oid, 'select') then
        raise exception 'Cannot track %: role %, which owns the capture functions, may not read it', _name, _owner
            using errcode = 'insufficient_privilege',
                  hint = format('GRANT SELECT ON %s TO %I;', _name, _owner);
    elsif class.relrowsecurity
          and not (select r.rolsuper or r.rolbypassrls from pg_roles r where r.rolname = _owner)
          and (class.relforcerowsecurity or not pg_has_role(_owner, class.relowner, 'usage')) then
        raise exception 'Cannot track %: its row security holds back role %, which owns the capture functions', _name, _owner
            using errcode = 'insufficient_privilege',
                  hint = format('ALTER ROLE %I BYPASSRLS, or make it a member of the table''s owner and leave out FORCE ROW LEVEL SECURITY.', _owner);
    end if;
end
$$;

comment on function replica.refuse_untrackable(pg_class) is
    'Raises an error, with the remedy, for a relation that cannot be tracked';
create or replace function replica.key_columns(tracked regclass, key_index regclass)
returns smallint[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- The attribute numbers of a table's key, in key order: of its primary key, or of the index that was
-- chosen. Refuses what cannot tell every row from every other, with the remedy.
declare
    _index pg_index;
    _columns smallint[];
begin
    if key_index is null then
        select * into _index from pg_index i where i.indrelid = tracked and i.indisprimary;
        if not found then
            raise exception 'Cannot track %: it has no primary key', tracked
                using errcode = 'object_not_in_prerequisite_state',
                      hint = format(
                          'Add one: ALTER TABLE %s ADD PRIMARY KEY (...); or name a unique index of NOT NULL columns: '
                          'select replica.track(%L, key => ''index_name'').', tracked, tracked);
        end if;
    else
        select * into _index from pg_index i where i.indrelid = tracked and i.indexrelid = key_index;
        if not found then
            raise exception 'Cannot track %: % is not one of its indexes', tracked, key_index
                using errcode = 'undefined_object', hint = 'Name a unique index of this table.';
        end if;
    end if;

    _columns := (string_to_array(_index.indkey::text, ' '))[1:_index.indnkeyatts]::smallint[];
    if not _index.indisunique or _index.indpred is not null or _index.indexprs is not null
       or not _index.indimmediate or not _index.indisvalid
       or exists (select from pg_attribute a
                  where a.attrelid = tracked and a.attnum = any (_columns) and not a.attnotnull) then
        raise exception 'Cannot track % by %: the index does not tell every row from every other at once',
                tracked, _index.indexrelid::regclass
            using errcode = 'object_not_in_prerequisite_state',
                  hint = 'A key needs a valid unique index over NOT NULL columns, without WHERE, without expressions, not DEFERRABLE.';
    end if;

    return _columns;
end
$$;

comment on function replica.key_columns(regclass, regclass) is
    'The key by which a table is tracked; refuses an unfit one with the remedy';
create or replace function replica.settings_matter(tracked regclass)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether a session's settings could change the text of one of the table's values: true unless all
    -- its types are among those known to be safe.
    select exists (
        select
        from pg_attribute a
        join pg_type t on t.oid = a.atttypid
        where a.attrelid = tracked and a.attnum > 0 and not a.attisdropped
          and t.typtype <> 'e'
          and a.atttypid <> all (array[
              'bool', 'int2', 'int4', 'int8', 'numeric', 'oid',
              'text', 'varchar', 'bpchar', 'name', '"char"', 'uuid',
              'date', 'time', 'timetz', 'timestamp', 'timestamptz',
              'json', 'jsonb', 'bit', 'varbit', 'inet', 'cidr', 'macaddr', 'macaddr8']::regtype[]::oid[]))
$$;

comment on function replica.settings_matter(regclass) is
    'Whether a table needs captures that pin the session''s settings';
create or replace function replica.image_matters(tracked regclass)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether JSON would lose something of one of the table's values: arrays (bounds), composites, types
    -- with a cast to json of their own, json itself (whose null looks like NULL), and domains over these.
    with recursive types(oid) as (
        select a.atttypid
        from pg_attribute a
        where a.attrelid = tracked and a.attnum > 0 and not a.attisdropped
        union
        select t.typbasetype
        from types
        join pg_type t on t.oid = types.oid
        where t.typtype = 'd'
    )
    select exists (
        select
        from types
        join pg_type t on t.oid = types.oid
        where t.typcategory = 'A'
           or t.typtype = 'c'
           or t.oid in ('json'::regtype, 'jsonb'::regtype)
           or exists (select
                      from pg_cast c
                      where c.castsource = t.oid and c.casttarget = 'json'::regtype))
$$;

comment on function replica.image_matters(regclass) is
    'Whether a table''s log rows need their exact text image beside the JSON';
create or replace function replica.drop_triggers(tracked regclass)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Takes the capture triggers off a table, known by the functions they call; returns how many.
declare
    _trigger name;
    _dropped integer := 0;
begin
    for _trigger in
        select t.tgname
        from pg_trigger t
        join pg_proc p on p.oid = t.tgfoid
        where t.tgrelid = tracked and not t.tgisinternal and p.pronamespace = 'replica'::regnamespace
    loop
        execute format('drop trigger %I on %s', _trigger, tracked);
        _dropped := _dropped + 1;
    end loop;
    return _dropped;
end
$$;

comment on function replica.drop_triggers(regclass) is
    'Takes the capture triggers off a table';
create or replace function replica.create_triggers(table_id integer)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Puts the capture triggers on a tracked table, or renews them.
declare
    _table replica.tracked_table;
    _suffix text;
    _arguments text;
    _careful text;
    _changed text;
begin
    select * into strict _table
    from replica.tracked_table t
    where t.table_id = create_triggers.table_id;

    perform replica.drop_triggers(_table.relation);
    _suffix := case when _table.pinned then '_pinned' else '' end;
    _arguments := format('%L, %L', _table.table_id, case when _table.exact then 'exact' else 'json' end);
    _careful := case when _table.cascades then 'cascades' else 'plain' end;
    select string_agg(format('old.%1$I is distinct from new.%1$I', a.attname), ' or ')
    into strict _changed
    from pg_attribute a
    where a.attrelid = _table.relation and a.attnum = any (_table.key_columns);

    -- An INSERT's rows are not changed by foreign keys before it is captured.
    execute format(
        'create trigger replica_log_insert after insert on %s referencing new table as changed_rows
         for each statement execute function replica.log_change%s(%s, ''plain'')',
        _table.relation, _suffix, _arguments);
    execute format(
        'create trigger replica_log_update after update on %s referencing new table as changed_rows
         for each statement execute function replica.log_change%s(%s, %L)',
        _table.relation, _suffix, _arguments, _careful);
    execute format(
        'create trigger replica_log_key_change after update on %s
         for each row when (%s) execute function replica.log_key_change%s(%s, %L)',
        _table.relation, _changed, _suffix, _arguments, _careful);
    execute format(
        'create trigger replica_log_delete after delete on %s referencing old table as changed_rows
         for each statement execute function replica.log_change%s(%s, %L)',
        _table.relation, _suffix, _arguments, _careful);
    execute format(
        'create trigger replica_log_truncate after truncate on %s
         for each statement execute function replica.log_truncate(%L)', _table.relation, _table.table_id);
end
$$;

comment on function replica.create_triggers(integer) is
    'Puts the capture triggers on a tracked table';
create or replace function replica.track(tracked regclass, key regclass default null, copy boolean default true)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Tracks a table: from now on every change of it is logged, and the source copies it whole once.
-- Tracking a tracked table again renews its triggers and asks for no copy.
--   tracked  the table
--   key      a unique index to use as the key instead of the primary key
--   copy     whether the slaves need its present rows
-- Returns what was done, as a sentence.
declare
    _class pg_class;
    _keys smallint[];
    _key_names text[];
    _id integer;
    _again boolean;
    _copied boolean := false;
begin
    select * into strict _class from pg_class c where c.oid = tracked;
    perform replica.refuse_untrackable(_class);
    _keys := replica.key_columns(tracked, key);
    select array_agg(a.attname::text order by k.ordinality)
    into strict _key_names
    from unnest(_keys) with ordinality as k(attnum, ordinality)
    join pg_attribute a on a.attrelid = tracked and a.attnum = k.attnum;

    _again := exists (select from replica.tracked_table t
                      where t.relation = tracked and t.untracked_at is null);
    insert into replica.tracked_table as t (relation, name, key_columns, key_names, exact, pinned, cascades)
    values (tracked,
            format('%s.%I', _class.relnamespace::regnamespace, _class.relname),
            _keys,
            _key_names,
            replica.image_matters(tracked),
            replica.settings_matter(tracked),
            replica.foreign_keys_change(tracked))
    on conflict (relation) do update
        set name = excluded.name,
            key_columns = excluded.key_columns,
            key_names = excluded.key_names,
            exact = excluded.exact,
            pinned = excluded.pinned,
            cascades = excluded.cascades,
            tracked_at = excluded.tracked_at,
            untracked_at = null
    returning t.table_id into _id;

    perform replica.create_triggers(_id);

    if copy and not _again then
        insert into replica.copy_request (table_id, reason) values (_id, 'track');
        perform replica.ring_doorbell();
        _copied := true;
    end if;
    return format(
        '%s %s by (%s)%s',
        case when _again then 'Renewed the tracking of' else 'Tracking' end,
        tracked,
        array_to_string(_key_names, ', '),
        case when _copied then '; its present rows will be copied' else '' end);
end
$$;

comment on function replica.track(regclass, regclass, boolean) is
    'Log every change of a table from now on, and copy its present rows; answers what it did';
create or replace function replica.untrack(tracked regclass)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Stops logging a table's changes. What is in the log already is still sent.
-- Returns what was done, as a sentence.
begin
    update replica.tracked_table t
    set untracked_at = now()
    where t.relation = tracked and t.untracked_at is null;
    if not found then
        return format('%s was not tracked', tracked);
    end if;
    perform replica.drop_triggers(tracked);
    delete from replica.copy_request r
    using replica.tracked_table t
    where t.table_id = r.table_id and t.relation = tracked and r.finished_at is null;
    return format('Stopped tracking %s; the changes logged so far are still sent', tracked);
end
$$;

comment on function replica.untrack(regclass) is
    'Stop logging a table''s changes; answers what it did';
create or replace function replica.copy(tracked regclass, slave text default null)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Asks for a table to be copied whole again, while its changes flow: the slave's table is emptied and
-- filled chunk by chunk, each of them exact.
--   tracked  a tracked table
--   slave    the slave.name of the only sink that takes the copy; null for all
-- Returns what was done, as a sentence.
declare
    _request bigint;
begin
    insert into replica.copy_request (table_id, reason, slave)
    select t.table_id, 'copy', copy.slave
    from replica.tracked_table t
    where t.relation = tracked and t.untracked_at is null
    returning request_id into _request;
    if _request is null then
        raise exception 'Cannot copy %: it is not tracked', tracked
            using errcode = 'object_not_in_prerequisite_state',
                  hint = format('select replica.track(%L);', tracked);
    end if;
    perform replica.ring_doorbell();
    return format('Requested copy %s of %s%s', _request, tracked, coalesce(' for slave ' || slave, ''));
end
$$;

comment on function replica.copy(regclass, text) is
    'Ask for a tracked table to be copied whole again; answers what it did';
create or replace function replica.restart_log()
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Begins a new log with a new identity, for a master that is not the one it was: restored from a dump
-- or a backup, or promoted from a standby that lagged. What was logged before is discarded; the source
-- connector, once its offsets are deleted, copies every tracked table again.
-- Returns what to do next, as a sentence.
declare
    _log uuid;
begin
    truncate replica.replica_log, replica.checkpoint;
    delete from replica.copy_request;
    update replica.log_state
    set log_id = gen_random_uuid(),
        system_identifier = (select c.system_identifier from pg_control_system() c),
        confirmed = null,
        confirmed_at = null
    returning log_id into _log;
    return format(
        'Began log %s. Now stop the source connector, DELETE its offsets through the REST API, '
        'point source and sink to a new topic, and resume.', _log);
end
$$;

comment on function replica.restart_log() is
    'Begin a new log on a master that went back in time; answers what to do next';

-- What the source calls, besides reading the log
create or replace function replica.read_chunk(table_id integer, after_key json, row_limit integer)
returns table ("row" json, image text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set "DateStyle" = 'ISO, YMD'
set "IntervalStyle" = 'postgres'
set "TimeZone" = 'UTC'
set bytea_output = 'hex'
set extra_float_digits = 1
set lc_monetary = 'C'
as $$
-- The next rows of a tracked table in key order, as the log would hold them. Security definer, so that
-- the source needs no right on the table itself.
--   after_key  the last key of the chunk before, column name to text; null for the first chunk
declare
    _table replica.tracked_table;
    _keys text;
    _after text;
begin
    select * into strict _table
    from replica.tracked_table t
    where t.table_id = read_chunk.table_id and t.untracked_at is null;

    select string_agg(format('t.%I', a.attname), ', ' order by k.ordinality),
           string_agg(format('($1->>%L)::%s', a.attname, format_type(a.atttypid, -1)), ', ' order by k.ordinality)
    into strict _keys, _after
    from unnest(_table.key_columns) with ordinality as k(attnum, ordinality)
    join pg_attribute a on a.attrelid = _table.relation and a.attnum = k.attnum;

    return query execute format(
        'select to_json(t.*), %1$s from only %2$s t %3$s order by %4$s limit $2',
        case when _table.exact then '(t.*)::text' else 'null::text' end,
        _table.relation,
        case when after_key is null then '' else format('where (%s) > (%s)', _keys, _after) end,
        _keys)
    using after_key, row_limit;
end
$$;

comment on function replica.read_chunk(integer, json, integer) is
    'The next rows of a tracked table in key order, for a copy';

-- What an operator looks at
drop view if exists replica.status;
create view replica.status as
select
    s.log_id,
    s.schema_version,
    (select count(*)
     from replica.tracked_table t
     where t.untracked_at is null) as tracked_tables,
    (select count(*)
     from replica.tracked_table t
     join pg_catalog.pg_class c on c.oid = t.relation
     where t.untracked_at is null
       and (replica.image_matters(t.relation) > t.exact
            or replica.settings_matter(t.relation) > t.pinned
            or replica.foreign_keys_change(t.relation) > t.cascades)) as tables_to_renew,
    (select count(*)
     from replica.copy_request r
     where r.finished_at is null) as pending_copies,
    backlog.rows as backlog_rows,
    pg_catalog.pg_total_relation_size('replica.replica_log') as log_bytes,
    coalesce(now() - backlog.oldest, interval '0') as backlog_age,
    (select coalesce(a.application_name, '') || ' (pid ' || l.pid || ')'
     from pg_catalog.pg_locks l
     left join pg_catalog.pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.classid = 19282 and l.objid = 2 and l.granted
       and l.database = (select d.oid from pg_catalog.pg_database d
                         where d.datname = pg_catalog.current_database())
     limit 1) as listener,
    s.epoch,
    s.confirmed,
    s.confirmed_at
from replica.log_state s
cross join lateral (
    select count(*) as rows, min(l.ts) as oldest
    from replica.replica_log l
    where s.confirmed is null or not pg_catalog.pg_visible_in_snapshot(l.xid, s.confirmed)
) as backlog;

comment on view replica.status is 'How replication stands, seen from the master: one row';
comment on column replica.status.log_id is 'Identity of the log';
comment on column replica.status.schema_version is 'Version of the installed script';
comment on column replica.status.tracked_tables is 'How many tables are tracked, see replica.tracked_table';
comment on column replica.status.tables_to_renew is 'How many of them were altered so that replica.track must renew their triggers: columns of other types, foreign keys with actions';
comment on column replica.status.pending_copies is 'How many copies are asked for or under way, see replica.copy_request';
comment on column replica.status.backlog_rows is 'Log rows that Kafka has not acknowledged (committed ones)';
comment on column replica.status.log_bytes is 'Size of the log on disk, its index included';
comment on column replica.status.backlog_age is 'Age of the oldest of those rows';
comment on column replica.status.listener is 'The source that reads the log, and its backend; null if there is none';
comment on column replica.status.epoch is 'How often a source has started';
comment on column replica.status.confirmed is 'Position up to which Kafka has acknowledged the log';
comment on column replica.status.confirmed_at is 'When it was confirmed';

-- Who may do what
-- The role of the source connector: make its login a member. Roles belong to the whole cluster and need
-- CREATEROLE; where the installing role may not create it, everything else is installed all the same.
do $$
begin
    if to_regrole('replica_source') is null then
        create role replica_source nologin;
        comment on role replica_source is 'KReplica: what the source connector needs on a master';
    end if;
exception when insufficient_privilege then
    raise warning 'Role replica_source was not created: % may not create roles. Let an administrator run CREATE ROLE replica_source, then install again.', current_user;
end
$$;

revoke all on schema replica from public;
revoke all on all tables in schema replica from public;
revoke all on all functions in schema replica from public;

do $$
begin
    if to_regrole('replica_source') is not null then
        grant usage on schema replica to replica_source;
        grant select on replica.status, replica.log_state, replica.tracked_table to replica_source;
        grant select, delete on replica.replica_log, replica.checkpoint to replica_source;
        grant select, insert, update on replica.copy_request to replica_source;
        grant update (epoch, confirmed, confirmed_at) on replica.log_state to replica_source;
        grant execute on function
            replica.read_chunk(integer, json, integer),
            replica.image_matters(regclass),
            replica.settings_matter(regclass),
            replica.foreign_keys_change(regclass)
            to replica_source;
    end if;
end
$$;

reset client_min_messages;
