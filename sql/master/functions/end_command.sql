create or replace function replica.end_command(
    command text, search_path text, settings json, begun json, freed integer[])
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
-- The second half of replica.execute, behind the command: logs it, unless it concerns nobody else, and
-- lets the tracking of the tables that it changed follow, so that capture is exact from the next row on.
-- Security definer, because it writes the log. Touches no table that the command has not locked.
--   begun  what begin_command returned
--   freed  the tables whose triggers for changed keys free_keys took off
-- Returns what was done, as a sentence.
declare
    _replayed constant boolean := (begun->>'replayed')::boolean;
    _table replica.tracked_table;
    _seq bigint;
    _changed integer[];
    _id integer;
    _answer text := 'Executed';
begin
    perform set_config('replica.executing', 'off', true);
    if not _replayed and exists (
               select
               from replica.replica_log l
               where l.xid = pg_current_xact_id() and l.seq > (begun->>'seq')::bigint) then
        raise exception 'Cannot log the command: it changed rows of tracked tables, which are logged by themselves'
            using errcode = 'feature_not_supported',
                  hint = 'Run what changes rows without replica.execute, and through it only what changes the schema.';
    end if;
    if not _replayed or exists (select from replica.tracked_table t where t.cascading and t.untracked_at is null) then
        _seq := replica.log_command(command, search_path, settings);
        _answer := format('Executed, and logged as row %s', _seq);
    end if;

    perform replica.forget_dropped();
    _changed := freed || array(
        select t.table_id
        from replica.tracked_table t
        where t.untracked_at is null and not replica.triggers_fit(t) and replica.is_locked(t.relation)
          -- Another master may let its table be without a key for a while.
          and (not _replayed or replica.key_fits(t) or replica.has_primary_key(t.relation)));
    perform replica.adopt_key(t, _seq)
    from replica.tracked_table t
    where t.table_id = any (_changed) and not replica.key_fits(t);
    perform replica.note_names(_seq);
    foreach _id in array _changed
    loop
        _answer := _answer || '. ' || replica.renew_triggers(_id);
    end loop;

    -- Where the partitions were known before, it is this command that brought or took some; elsewhere the
    -- source looks.
    for _id in
        select t.table_id
        from json_array_elements_text(begun->'partitioned') as b(table_id)
        join replica.tracked_table t on t.table_id = b.table_id::integer
        where t.untracked_at is null and not replica.partitions_fit(t)
    loop
        select _answer || coalesce('. ' || string_agg(p.message, '. '), '') into _answer
        from replica.renew_partitions(_id, replayed => true) p;
    end loop;

    -- Another master has its own table copied.
    for _table in
        select t.*
        from replica.tracked_table t
        where t.untracked_at is null and not _replayed
          and (replica.fill_differs(t.relation, (begun->'columns'->>t.table_id::text)::smallint)
               or replica.using_differs(command) and replica.is_locked(t.relation))
    loop
        insert into replica.copy_request (table_id, reason) values (_table.table_id, 'copy');
        _answer := _answer || format(
            '. %s will be copied again, as the command''s values are not the same on each server', _table.relation);
    end loop;
    return _answer;
end
$$;

comment on function replica.end_command(text, text, json, json, integer[]) is
    'The second half of replica.execute: logs the command, and lets the tracking follow';
