create or replace function replica.is_held_back(tracked regclass)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether row security may hide rows of a table from the owner of schema replica, with whose rights captures
    -- and copies read it: whoever owns a table is exempt unless it is forced on him. A transaction's snapshot may
    -- show several states of a table's entry at once, such as before and after a TRUNCATE.
    select exists (
        select
        from pg_class c
        cross join pg_namespace n
        join pg_roles r on r.oid = n.nspowner
        where c.oid = tracked and n.nspname = 'replica'
          and c.relrowsecurity and not r.rolsuper and not r.rolbypassrls
          and (c.relforcerowsecurity or not pg_has_role(r.oid, c.relowner, 'usage')))
$$;

comment on function replica.is_held_back(regclass) is
    'Whether row security may hide rows of a table from captures and copies';
