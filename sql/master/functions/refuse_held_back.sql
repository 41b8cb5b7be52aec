create or replace function replica.refuse_held_back(tracked regclass, action text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- Raises an error, with the remedy, for a table of which captures and copies might not see all rows, so that
-- rows that are hidden are never taken for deleted ones, or left out.
--   action  what is refused, as an infinitive: 'track'
declare
    _owner constant name := (select pg_get_userbyid(n.nspowner) from pg_namespace n where n.nspname = 'replica');
begin
    if replica.is_held_back(tracked) then
        raise exception 'Cannot % %: its row security holds back role %, which owns schema replica', action, tracked, quote_ident(_owner)
            using errcode = 'object_not_in_prerequisite_state',
                  hint = format('ALTER ROLE %I BYPASSRLS, or make it a member of the table''s owner and leave out FORCE ROW LEVEL SECURITY.', _owner);
    end if;
end
$$;

comment on function replica.refuse_held_back(regclass, text) is
    'Raises an error for a table whose row security may hide rows from captures and copies';
