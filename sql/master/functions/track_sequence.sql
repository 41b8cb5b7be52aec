create or replace function replica.track_sequence(tracked regclass)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Lets a sequence's value travel with the changes, so that a slave that becomes the master hands out no
-- number again. Sequences that columns of tracked tables own (serial, identity) travel by themselves.
-- Returns what was done, as a sentence.
declare
    _class pg_class;
    _owner constant name := (select pg_get_userbyid(n.nspowner) from pg_namespace n where n.nspname = 'replica');
begin
    select * into strict _class from pg_class c where c.oid = tracked;
    if _class.relkind <> 'S' then
        raise exception 'Cannot track % as a sequence: it is none', tracked
            using errcode = 'wrong_object_type',
                  hint = format('For a table: select replica.track(%L);', tracked);
    elsif _class.relpersistence = 't' or _class.relnamespace = 'replica'::regnamespace then
        raise exception 'Cannot track sequence %: it is temporary, or KReplica''s own', tracked
            using errcode = 'wrong_object_type', hint = 'Track sequences of your own.';
    elsif not has_sequence_privilege(_owner, tracked, 'select') then
        raise exception 'Cannot track sequence %: role %, which owns the capture functions, may not read it', tracked, _owner
            using errcode = 'insufficient_privilege',
                  hint = format('GRANT SELECT ON SEQUENCE %s TO %I;', tracked, _owner);
    end if;

    insert into replica.tracked_sequence (relation, name)
    values (tracked, format('%s.%I', _class.relnamespace::regnamespace, _class.relname))
    on conflict (relation) do update set name = excluded.name, tracked_at = excluded.tracked_at;
    return format('Tracking sequence %s; its value travels with the next change of a tracked table', tracked);
end
$$;

comment on function replica.track_sequence(regclass) is
    'Let a sequence''s value travel with the changes; answers what it did';
