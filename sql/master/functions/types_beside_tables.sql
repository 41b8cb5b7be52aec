create or replace function replica.types_beside_tables()
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- The types and domains that the command at hand has created in schemas with tracked tables, which may use
    -- them next; the slaves have these schemas. To be called by an event trigger's function.
    select array_agg(c.object_identity)
    from pg_event_trigger_ddl_commands() c
    join pg_type y on y.oid = c.objid and y.typtype in ('e', 'c', 'd', 'r')
    where c.classid = 'pg_type'::regclass
      and not c.in_extension
      and exists (select
                  from replica.tracked_table t
                  join pg_class r on r.oid = t.relation
                  where t.untracked_at is null and r.relnamespace = y.typnamespace)
$$;

comment on function replica.types_beside_tables() is
    'The types that a command has created in schemas with tracked tables, for an event trigger';
