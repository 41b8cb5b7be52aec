-- The group role of all sinks: create login roles in it. Roles belong to the whole server, and the
-- right to set session_replication_role can only be given by a superuser and from PostgreSQL 15 on,
-- so whatever is not possible here is said in a notice, with the remedy, and left out.
do $$
begin
    if not exists (select from pg_roles where rolname = 'replica_sink') then
        create role replica_sink nologin;
        comment on role replica_sink is 'KReplica: group role of the sinks that apply to this slave.';
    end if;
exception
    when insufficient_privilege then
        raise notice 'The role replica_sink does not exist and you may not create it.'
            using hint = 'Ask a superuser to run: create role replica_sink nologin'
                || ' - and run this script again.';
    when duplicate_object or unique_violation then
        raise notice 'The role replica_sink was created by somebody else meanwhile.';
end
$$;

-- The master's half, installed here or not, makes no difference to who may call it.
revoke all on function
    replica.is_own_log(text),
    replica.own_rows(regclass),
    replica.collation_order(oid),
    replica.key_order(regclass, text[]),
    replica.digest_terms(regclass),
    replica.range_terms(regclass, text[], boolean),
    replica.range_sql(regclass, text[], boolean, boolean, boolean),
    replica.digest_range(regclass, text[], text[], boolean, jsonb, jsonb),
    replica.incomparable(regclass, text[], text[], boolean, text[], text[]),
    replica.delete_others(regclass, text[], boolean, jsonb, jsonb, text[])
    from public;

do $$
begin
    if exists (select from pg_roles where rolname = 'replica_sink') then
        grant usage on schema replica to replica_sink;
        -- Version 1 of the script granted more.
        revoke all on all tables in schema replica from replica_sink;
        grant select, insert, update on replica.replica_position, replica.slave_table, replica.dead_letter, replica.verification_run to replica_sink;
        grant select, insert, update, delete on replica.differing_range to replica_sink;
        grant select on replica.slave_version to replica_sink;
        grant execute on function
            replica.own_rows(regclass),
            replica.collation_order(oid),
            replica.key_order(regclass, text[]),
            replica.digest_terms(regclass),
            replica.range_terms(regclass, text[], boolean),
            replica.range_sql(regclass, text[], boolean, boolean, boolean),
            replica.digest_range(regclass, text[], text[], boolean, jsonb, jsonb),
            replica.incomparable(regclass, text[], text[], boolean, text[], text[]),
            replica.delete_others(regclass, text[], boolean, jsonb, jsonb, text[])
            to replica_sink;
        grant execute on function replica.is_own_log(text) to replica_sink;
    end if;
exception
    when insufficient_privilege then
        raise notice 'You may not grant replica_sink its rights on the schema replica.'
            using hint = 'Run this script again as the owner of the schema.';
end
$$;

-- Values too large for memory are kept in a temporary table until their rows are written.
do $$
begin
    if exists (select from pg_roles where rolname = 'replica_sink')
        and not has_database_privilege('replica_sink', current_database(), 'TEMPORARY')
    then
        execute format('grant temporary on database %I to replica_sink', current_database());
    end if;
exception
    when insufficient_privilege then
        raise notice 'You may not grant replica_sink temporary tables, which large values need.'
            using hint = format('Ask the owner of the database to run: grant temporary on database %I to replica_sink',
                current_database());
end
$$;

do $$
begin
    if current_setting('server_version_num')::integer < 150000 then
        raise notice 'Before PostgreSQL 15 the right to set session_replication_role cannot be granted.'
            using hint = 'Ask a superuser to run, for the role that the sink connects as:'
                || ' alter role <sink''s login role> set session_replication_role = replica';
    elsif exists (select from pg_roles where rolname = 'replica_sink') then
        execute 'grant set on parameter session_replication_role to replica_sink';
    end if;
exception
    when insufficient_privilege then
        raise notice 'You may not grant the right to set session_replication_role.'
            using hint = 'Ask a superuser to run:'
                || ' grant set on parameter session_replication_role to replica_sink';
end
$$;
