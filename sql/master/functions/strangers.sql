create or replace function replica.strangers(tracked regclass)
returns table (owner name, possession text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- The roles that own a table, partitions of it, or types of its columns, and are not trusted. Whoever
    -- reads a table runs code of its owner's: casts to json or text, policies, checks of domains, functions
    -- in indexes. Captures and copies read tables with the rights of the owner of schema replica.
    with recursive types(oid) as (
        select a.atttypid
        from pg_attribute a
        where a.attrelid = tracked and a.attnum > 0 and not a.attisdropped
        union
        select p.oid
        from types s
        join pg_type t on t.oid = s.oid
        left join pg_range r on r.rngtypid = t.oid
        left join pg_attribute a on a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
        cross join lateral unnest(array[t.typbasetype, t.typelem, r.rngsubtype, a.atttypid]) p(oid)
        where p.oid <> 0
    ), possessions(owner, what, rank) as (
        select c.relowner, 'it', 1
        from pg_class c
        where c.oid = tracked
        union all
        select c.relowner, format('its partition %s', p.relation), 2
        from replica.partitions(tracked) p
        join pg_class c on c.oid = p.relation
        union all
        select t.typowner, format('its column''s type %s', format_type(t.oid, null)), 3
        from types s
        join pg_type t on t.oid = s.oid
    )
    select distinct on (r.rolname) r.rolname, p.what
    from possessions p
    join pg_roles r on r.oid = p.owner
    cross join (select n.nspowner as oid from pg_namespace n where n.nspname = 'replica') s
    where not r.rolsuper
      and not pg_has_role(r.oid, s.oid, 'member')
      and not exists (select from replica.trusted_owner t where t.owner = r.oid)
    order by r.rolname, p.rank, p.what
$$;

comment on function replica.strangers(regclass) is
    'The roles that could have code executed by reading a table, and are not trusted with it';
