create or replace function replica.drop_triggers(tracked regclass)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Takes the capture triggers off a table and its partitions, known by the functions they call; returns how many.
declare
    _trigger record;
    _dropped integer := 0;
begin
    for _trigger in
        select t.tgname as name, t.tgrelid::regclass as relation
        from pg_trigger t
        join pg_proc p on p.oid = t.tgfoid
        where p.pronamespace = 'replica'::regnamespace
          and t.tgparentid = 0
          and (t.tgrelid = tracked
               or t.tgrelid in (select k.relation
                                from replica.tracked_partition k
                                join replica.tracked_table r using (table_id)
                                where r.relation = tracked))
    loop
        execute format('drop trigger %I on %s', _trigger.name, _trigger.relation);
        _dropped := _dropped + 1;
    end loop;
    return _dropped;
end
$$;

comment on function replica.drop_triggers(regclass) is
    'Takes the capture triggers off a table';
