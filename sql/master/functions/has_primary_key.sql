create or replace function replica.has_primary_key(relation regclass)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether a table has a primary key by which it can be tracked: a valid one, not DEFERRABLE.
    select exists (
        select
        from pg_index i
        where i.indrelid = relation and i.indisprimary and i.indimmediate and i.indisvalid)
$$;

comment on function replica.has_primary_key(regclass) is
    'Whether a table has a primary key by which it can be tracked';
