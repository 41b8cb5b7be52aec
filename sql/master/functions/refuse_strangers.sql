create or replace function replica.refuse_strangers(tracked regclass)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- Refuses a table of a role that would get the rights of the owner of schema replica by it, with the remedy.
declare
    _stranger record;
    _owner constant name := (select pg_get_userbyid(n.nspowner) from pg_namespace n where n.nspname = 'replica');
begin
    select * into _stranger from replica.strangers(tracked) limit 1;
    if found then
        raise exception 'Cannot track %: role %, which owns %, could have code executed with the rights of role %, which owns schema replica',
                tracked, _stranger.owner, _stranger.possession, _owner
            using errcode = 'insufficient_privilege',
                  hint = format('Install KReplica as role %1$I instead of %2$I; or, if %1$I may do all that %2$I may: select replica.trust(%3$L);',
                                _stranger.owner, _owner, quote_ident(_stranger.owner));
    end if;
end
$$;

comment on function replica.refuse_strangers(regclass) is
    'Raises an error, with the remedy, for a table of a role that is not trusted';
