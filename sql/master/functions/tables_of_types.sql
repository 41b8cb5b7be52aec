create or replace function replica.tables_of_types()
returns regclass[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- The tracked tables with columns of the types that the command at hand has changed, or of arrays, domains,
    -- composites and ranges of them. To be called by an event trigger's function.
    with recursive users(class, object) as (
        select c.classid, c.objid
        from pg_event_trigger_ddl_commands() c
        where c.classid in ('pg_type'::regclass, 'pg_class'::regclass)
        union
        select d.classid, d.objid
        from users u
        join pg_depend d on d.refclassid = u.class and d.refobjid = u.object
        where d.classid in ('pg_type'::regclass, 'pg_class'::regclass)
    )
    select coalesce(array_agg(t.relation order by t.relation), '{}')
    from users u
    join replica.tracked_table t on t.relation = u.object and t.untracked_at is null
    where u.class = 'pg_class'::regclass
$$;

comment on function replica.tables_of_types() is
    'The tracked tables with columns of the types that a command has changed, for an event trigger';
