\set ON_ERROR_STOP on
-- Removes what install.sql created. The replicated tables stay as they are. Stop the sink first.
drop view if exists replica.slave_version;
drop view if exists replica.slave_status;
drop table if exists replica.slave_table;
drop table if exists replica.replica_position;

-- The schema goes with its last object; the master's half may still live in it.
do $$
begin
    drop schema if exists replica;
exception
    when dependent_objects_still_exist then
        raise notice 'The schema replica stays: other objects live in it.';
    when insufficient_privilege then
        raise notice 'The schema replica stays: it is not yours.';
end
$$;

-- The role belongs to the whole server; it goes unless another database or role still needs it.
do $$
begin
    if exists (select from pg_roles where rolname = 'replica_sink') then
        drop owned by replica_sink;
        drop role replica_sink;
    end if;
exception
    when dependent_objects_still_exist or insufficient_privilege then
        raise notice 'The role replica_sink stays: another database or role still needs it, or you may not drop it.';
end
$$;
