create or replace function replica.let_go(table_id integer)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Stops logging a table's changes because the log is beyond its limit. The table stays tracked: the mark let_go_at
-- has it copied again by whoever next makes its triggers, which locks the table, so that the copy begins
-- after every change that was not logged. Triggers are disabled, not dropped: that waits for writers only.
-- Returns what was done, as a sentence.
declare
    _table replica.tracked_table;
    _trigger record;
begin
    update replica.tracked_table t
    set let_go_at = now()
    where t.table_id = let_go.table_id and t.untracked_at is null and t.let_go_at is null
    returning * into strict _table;
    for _trigger in
        select t.tgname as name, t.tgrelid::regclass as relation, c.relkind
        from pg_trigger t
        join pg_proc p on p.oid = t.tgfoid
        join pg_class c on c.oid = t.tgrelid
        where p.pronamespace = 'replica'::regnamespace
          and t.tgparentid = 0
          and (t.tgrelid = _table.relation
               or t.tgrelid in (select k.relation from replica.tracked_partition k where k.table_id = _table.table_id))
        order by t.tgrelid <> _table.relation, t.tgrelid, t.tgname
    loop
        execute format('alter table %s %s disable trigger %I',
                       case _trigger.relkind when 'p' then '' else 'only' end, _trigger.relation, _trigger.name);
    end loop;
    -- For readers of the topic, at its place among the rows.
    perform replica.log_command(
        regexp_replace(format('-- Changes of %s are not logged from here on; it will be copied again', _table.name), '\s', ' ', 'g'),
        '',
        json_build_object('replica.let_go', _table.name));
    return format(
        'The log is beyond its limit: changes of %s are not logged from now on, and the slaves'' tables grow old. It is copied again once Kafka has what was logged before.',
        _table.name);
end
$$;

comment on function replica.let_go(integer) is
    'Stops logging a table''s changes because of the log''s limit; answers what it did';
