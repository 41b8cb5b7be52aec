create or replace function replica.image_matters(tracked regclass)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether JSON would lose something of one of the table's values: arrays (bounds), composites, types
    -- with a cast to json of their own, json itself (whose null looks like NULL), and domains over these.
    with recursive types(oid) as (
        select a.atttypid
        from pg_attribute a
        where a.attrelid = tracked and a.attnum > 0 and not a.attisdropped
        union
        select t.typbasetype
        from types
        join pg_type t on t.oid = types.oid
        where t.typtype = 'd'
    )
    select exists (
        select
        from types
        join pg_type t on t.oid = types.oid
        where t.typcategory = 'A'
           or t.typlen = -1 and t.typelem <> 0
           or t.typtype = 'c'
           or t.oid in ('json'::regtype, 'jsonb'::regtype)
           or exists (select
                      from pg_cast c
                      where c.castsource = t.oid and c.casttarget = 'json'::regtype))
$$;

comment on function replica.image_matters(regclass) is
    'Whether a table''s log rows need their exact text image beside the JSON';
