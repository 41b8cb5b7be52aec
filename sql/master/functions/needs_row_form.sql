create or replace function replica.needs_row_form(tracked regclass)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether statement triggers would not do: those of a partitioned table do not fire for what is sent
    -- to a partition, and those of a table with heirs hold the heirs' rows, while the heirs' do not fire.
    select exists (select from pg_class c where c.oid = tracked and c.relkind = 'p')
           or exists (select from pg_inherits i where tracked in (i.inhparent, i.inhrelid))
$$;

comment on function replica.needs_row_form(regclass) is
    'Whether a table must be captured row by row: it is partitioned, inherits, or is inherited from';
