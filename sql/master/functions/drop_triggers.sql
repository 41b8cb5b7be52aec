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
        where t.tgrelid = tracked and t.tgparentid = 0 and p.pronamespace = 'replica'::regnamespace
    loop
        execute format('drop trigger %I on %s', _trigger, tracked);
        _dropped := _dropped + 1;
    end loop;
    return _dropped;
end
$$;

comment on function replica.drop_triggers(regclass) is
    'Takes the capture triggers off a table';
