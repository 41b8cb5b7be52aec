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
    elsif class.relkind = 'p' or class.relispartition then
        raise exception 'Cannot track %: it is partitioned or a partition', _name
            using errcode = 'feature_not_supported',
                  hint = 'Partitioned tables are not supported in this version; track an ordinary table.';
    elsif class.relkind <> 'r' then
        raise exception 'Cannot track %: it is not an ordinary table', _name
            using errcode = 'wrong_object_type',
                  hint = 'Track the tables beneath a view; foreign tables are logged by nobody here.';
    elsif class.relpersistence <> 'p' then
        raise exception 'Cannot track %: it is % and does not survive a crash', _name,
                case class.relpersistence when 't' then 'temporary' else 'unlogged' end
            using errcode = 'object_not_in_prerequisite_state',
                  hint = format('ALTER TABLE %s SET LOGGED makes an unlogged table permanent.', _name);
    elsif exists (select from pg_inherits i where class.oid in (i.inhparent, i.inhrelid)) then
        raise exception 'Cannot track %: it inherits, or is inherited from', _name
            using errcode = 'feature_not_supported',
                  hint = 'A statement on the parent changes rows of its children unseen by their triggers; inheritance is not supported in this version.';
    elsif not has_table_privilege(_owner, class.oid, 'select') then
        raise exception 'Cannot track %: role %, which owns the capture functions, may not read it', _name, _owner
            using errcode = 'insufficient_privilege',
                  hint = format('GRANT SELECT ON %s TO %I;', _name, _owner);
    elsif class.relrowsecurity
          and not (select r.rolsuper or r.rolbypassrls from pg_roles r where r.rolname = _owner)
          and (class.relforcerowsecurity or not pg_has_role(_owner, class.relowner, 'usage')) then
        raise exception 'Cannot track %: its row security holds back role %, which owns the capture functions', _name, _owner
            using errcode = 'insufficient_privilege',
                  hint = format('ALTER ROLE %I BYPASSRLS, or make it a member of the table''s owner and leave out FORCE ROW LEVEL SECURITY.', _owner);
    end if;
end
$$;

comment on function replica.refuse_untrackable(pg_class) is
    'Raises an error, with the remedy, for a relation that cannot be tracked';
