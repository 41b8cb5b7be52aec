create or replace function replica.log_drop()
returns event_trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
as $$
-- Event trigger: logs that tracked tables were dropped, or columns of them together with their types, by whatever
-- command; so that slaves drop these, and nothing else that the command may have named. Whatever goes wrong here,
-- the command itself succeeds. Security definer, since whoever drops a table need have no right on the log.
declare
    _tables text[];
    _columns record;
begin
    if replica.is_exempt() then
        return;
    end if;
    begin
        select array_agg(format('%I.%I', o.schema_name, o.object_name) order by o.objid)
        into _tables
        from pg_event_trigger_dropped_objects() o
        join replica.tracked_table t on t.relation = o.objid and t.untracked_at is null
        where o.classid = 'pg_class'::regclass and o.objsubid = 0;
        if _tables is not null then
            perform replica.log_command(
                format('drop table if exists %s%s',
                       array_to_string(_tables, ', '),
                       -- As it was here, though another table of the same command may have been the reason.
                       (select case when bool_or(o.normal and not o.original) then ' cascade' else '' end
                        from pg_event_trigger_dropped_objects() o)),
                '', '{}');
            perform replica.forget_dropped();
        end if;

        -- ALTER TABLE … DROP COLUMN is logged as it was sent.
        for _columns in
            select t.relation, string_agg(format('drop column if exists %I', o.address_names[3]), ', ' order by o.objsubid) as actions
            from pg_event_trigger_dropped_objects() o
            join replica.tracked_table t on t.relation = o.objid and t.untracked_at is null
            join pg_class c on c.oid = t.relation
            where o.classid = 'pg_class'::regclass and o.objsubid > 0 and tg_tag <> 'ALTER TABLE'
            group by t.relation
        loop
            perform replica.log_command(
                format('alter table if exists %s %s', _columns.relation, _columns.actions), '', '{}');
            update replica.tracked_table t
            set shape = replica.table_shape(t.relation)
            where t.relation = _columns.relation;
        end loop;
    exception when others then
        perform replica.note_missed(tg_tag, _tables, sqlerrm);
    end;
exception when others then
    raise warning 'KReplica cannot look at this command: %', sqlerrm;
end
$$;

comment on function replica.log_drop() is
    'Event trigger: logs that tracked tables were dropped, so that slaves drop them';
