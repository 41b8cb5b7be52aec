create or replace function replica.distrust(owner regrole)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Takes back replica.trust. Tables that are tracked stay so; the source's task warns of them.
-- Returns what was done, as a sentence.
begin
    delete from replica.trusted_owner t where t.owner = distrust.owner;
    return format(case when found then 'Trusting %s no longer; untrack its tables' else '%s was not trusted by name' end, distrust.owner);
end
$$;

comment on function replica.distrust(regrole) is
    'Take back replica.trust; answers what it did';
