create or replace function replica.refuse_untrackable(class pg_class)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- Refuses relations whose changes the triggers could not log completely, each with the remedy.
declare
    _name constant text := class.oid::regclass::text;
    _owner constant name := (select pg_get_userbyid(n.nspowner) from pg_namespace n where n.nspname = 'replica');
begin
    if class.relnamespace = 'replica'::regnamespace or class.relnamespace = 'pg_catalog'::regnamespace then
        raise exception 'Cannot track %: it belongs to schema %', _name, class.relnamespace::regnamespace
            using errcode = 'wrong_object_type', hint = 'Track tables of your own.';
    elsif class.relispartition then
        raise exception 'Cannot track %: it is a partition', _name
            using errcode = 'wrong_object_type',
                  hint = format('Track the root, which takes all its partitions along: select replica.track(%L);',
                                pg_partition_root(class.oid));
    elsif exists (select from replica.partitions(class.oid) p where p.kind = 'f' or p.persistence <> 'p') then
        raise exception 'Cannot track %: its partition % is a foreign table or unlogged', _name,
                (select p.relation from replica.partitions(class.oid) p where p.kind = 'f' or p.persistence <> 'p' limit 1)
            using errcode = 'object_not_in_prerequisite_state',
                  hint = 'Detach it, or ALTER TABLE ... SET LOGGED where it is unlogged.';
    elsif class.relkind not in ('r', 'p') then
        raise exception 'Cannot track %: it is not an ordinary table', _name
            using errcode = 'wrong_object_type',
                  hint = 'Track the tables beneath a view; foreign tables are logged by nobody here.';
    elsif class.relpersistence <> 'p' then
        raise exception 'Cannot track %: it is % and does not survive a crash', _name,
                case class.relpersistence when 't' then 'temporary' else 'unlogged' end
            using errcode = 'object_not_in_prerequisite_state',
                  hint = format('ALTER TABLE %s SET LOGGED makes an unlogged table permanent.', _name);
    elsif not has_table_privilege(_owner, class.oid, 'select') then
        raise exception 'Cannot track %: role %, which owns the capture functions, may not read it', _name, _owner
            using errcode = 'insufficient_privilege',
                  hint = format('GRANT SELECT ON %s TO %I;', _name, _owner);
    end if;
    perform replica.refuse_held_back(class.oid, 'track');
end
$$;

comment on function replica.refuse_untrackable(pg_class) is
    'Raises an error, with the remedy, for a relation that cannot be tracked';
