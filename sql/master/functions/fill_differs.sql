create or replace function replica.fill_differs(tracked regclass, known_columns smallint)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether a column was added whose default is not the same everywhere: the clock, a sequence, chance.
    -- ADD COLUMN fills the rows that exist with it, here and on a slave, with different values.
    --   known_columns  the columns up to this number were there before
    select exists (
        select
        from pg_attribute a
        join pg_type y on y.oid = a.atttypid
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        cross join lateral (select coalesce(d.adbin, y.typdefaultbin)::text as expression) e
        where a.attrelid = tracked and a.attnum > known_columns
          and not a.attisdropped and a.attgenerated = ''
          and (a.attidentity <> ''
               or e.expression ~ '\{(SQLVALUEFUNCTION|COERCEVIAIO|NEXTVALUEEXPR)'
               or exists (
                   select
                   from regexp_matches(e.expression, ':(?:op)?funcid (\d+)', 'g') f
                   join pg_proc p on p.oid = f[1]::oid
                   where p.provolatile <> 'i')))
$$;

comment on function replica.fill_differs(regclass, smallint) is
    'Whether a column was added that fills the present rows with other values on each server';
