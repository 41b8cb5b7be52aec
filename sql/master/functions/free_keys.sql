create or replace function replica.free_keys(refusal text)
returns integer[]
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
-- PostgreSQL refuses to change the type of a column that a trigger's WHEN names, as that of the trigger
-- for changed keys does. Takes it off the table that the refusal names; end_command puts it on again.
-- Security definer, because it reads what is tracked, and as only the table's owner may drop a trigger.
--   refusal  the detail of PostgreSQL's error, in whatever language
-- Returns the tables, by table_id; none if the refusal was about something else.
declare
    _trigger record;
    _tables integer[] := '{}';
begin
    -- The table may be a different one if its name is part of another's; its trigger comes back as well.
    for _trigger in
        select t.table_id, t.relation, g.tgname
        from replica.tracked_table t
        join pg_trigger g on g.tgrelid = t.relation
        join pg_proc p on p.oid = g.tgfoid
        where t.untracked_at is null
          and p.pronamespace = 'replica'::regnamespace
          and g.tgqual is not null
          and position(quote_ident(g.tgname) in refusal) > 0
          and position((select quote_ident(c.relname) from pg_class c where c.oid = t.relation) in refusal) > 0
    loop
        begin
            execute format('drop trigger %I on %s', _trigger.tgname, _trigger.relation);
        exception when insufficient_privilege then
            raise exception 'Cannot change the type of a key column of %: role %, which owns schema replica, may not drop the trigger for changed keys',
                    _trigger.relation, current_user
                using errcode = 'insufficient_privilege',
                      hint = format('Make it a member of the table''s owner. Or, in one transaction: select replica.untrack(%1$L); the command; select replica.track(%1$L, copy => false).', _trigger.relation);
        end;
        _tables := _tables || _trigger.table_id;
    end loop;
    return _tables;
end
$$;

comment on function replica.free_keys(text) is
    'Takes the trigger off that keeps a key column''s type from being changed';
