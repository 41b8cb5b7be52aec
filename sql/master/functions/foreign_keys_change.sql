create or replace function replica.foreign_keys_change(tracked regclass)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether a change of another row can update or delete rows of the table: ON DELETE or ON UPDATE
    -- with CASCADE, SET NULL or SET DEFAULT.
    select exists (
        select
        from pg_constraint c
        where c.conrelid = tracked and c.contype = 'f'
          and (c.confdeltype in ('c', 'n', 'd') or c.confupdtype in ('c', 'n', 'd')))
$$;

comment on function replica.foreign_keys_change(regclass) is
    'Whether foreign keys change rows of a table, so that its captures must be careful';
