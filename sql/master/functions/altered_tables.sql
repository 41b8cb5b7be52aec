create or replace function replica.altered_tables()
returns table (table_id integer, relation regclass, is_named boolean, attributes_before smallint)
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    -- The tracked tables that the command at hand, an ALTER TABLE, has changed in ways that concern slaves, and
    -- notes their new shape. To be called by an event trigger's function.
    --   is_named           whether the command itself names the table; others inherit from the one it names
    --   attributes_before  how many columns it had, dropped ones included
    with recursive named(relation) as (
        select c.objid
        from pg_event_trigger_ddl_commands() c
        where c.classid = 'pg_class'::regclass
    ), family(relation) as (
        select n.relation
        from named n
        union
        select i.inhrelid
        from family f
        join pg_inherits i on i.inhparent = f.relation
    ), changed as (
        select t.table_id, t.shape as before, s.shape as now
        from family f
        join replica.tracked_table t on t.relation = f.relation and t.untracked_at is null
        cross join lateral (select replica.table_shape(t.relation) as shape) s
        where s.shape is distinct from t.shape
    )
    update replica.tracked_table t
    set shape = c.now
    from changed c
    where t.table_id = c.table_id
    returning t.table_id, t.relation, t.relation in (select n.relation from named n), (c.before->>'attributes')::smallint
$$;

comment on function replica.altered_tables() is
    'The tracked tables that an ALTER TABLE has changed in ways that concern slaves, for an event trigger';
