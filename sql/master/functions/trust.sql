create or replace function replica.trust(owner regrole)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Says that a role may do all that the owner of schema replica may, so that its tables, and tables with its
-- types, may be tracked: by them it can have code executed with those rights.
-- Returns what was done, as a sentence.
begin
    insert into replica.trusted_owner (owner)
    values (trust.owner)
    on conflict on constraint trusted_owner_pkey do nothing;
    return format('Trusting %s with the rights of %I; its tables may be tracked',
                  trust.owner, (select pg_get_userbyid(n.nspowner) from pg_namespace n where n.nspname = 'replica'));
end
$$;

comment on function replica.trust(regrole) is
    'Say that a role''s tables may be tracked, although it gets the rights of the schema''s owner by them; answers what it did';
