create or replace function replica.settings_matter(tracked regclass)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether a session's settings could change the text of one of the table's values: true unless all
    -- its types are among those known to be safe. A timestamptz is the same instant whatever its offset,
    -- but in a key the same instant shall have one text.
    select exists (
        select
        from pg_attribute a
        join pg_type t on t.oid = a.atttypid
        where a.attrelid = tracked and a.attnum > 0 and not a.attisdropped
          and (t.typtype <> 'e'
               and a.atttypid <> all (array[
                   'bool', 'int2', 'int4', 'int8', 'numeric', 'oid',
                   'text', 'varchar', 'bpchar', 'name', '"char"', 'uuid',
                   'date', 'time', 'timetz', 'timestamp', 'timestamptz',
                   'json', 'jsonb', 'bit', 'varbit', 'inet', 'cidr', 'macaddr', 'macaddr8']::regtype[]::oid[])
               or a.atttypid = 'timestamptz'::regtype
                  and exists (select
                              from pg_index i
                              where i.indrelid = tracked and i.indisunique and a.attnum = any (i.indkey))))
$$;

comment on function replica.settings_matter(regclass) is
    'Whether a table needs captures that pin the session''s settings';
