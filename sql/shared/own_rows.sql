create or replace function replica.own_rows(relation regclass)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A table's own rows as FROM names them: of a partitioned table those of its partitions, else without
    -- those of tables that inherit from it.
    select case when c.relkind = 'p' then '' else 'only ' end || relation::text
    from pg_class c
    where c.oid = relation
$$;

comment on function replica.own_rows(regclass) is
    'A table''s own rows as FROM names them';
