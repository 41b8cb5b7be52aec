-- The role of the source connector: make its login a member. Roles belong to the whole cluster and need
-- CREATEROLE; where the installing role may not create it, everything else is installed all the same.
do $$
begin
    if to_regrole('replica_source') is null then
        create role replica_source nologin;
        comment on role replica_source is 'KReplica: what the source connector needs on a master';
    end if;
exception when insufficient_privilege then
    raise warning 'Role replica_source was not created: % may not create roles. Let an administrator run CREATE ROLE replica_source, then install again.', current_user;
end
$$;

revoke all on schema replica from public;
revoke all on all tables in schema replica from public;
revoke all on all routines in schema replica from public;

do $$
begin
    if to_regrole('replica_source') is not null then
        grant usage on schema replica to replica_source;
        -- Version 1 of the script granted more.
        revoke all on all tables in schema replica from replica_source;
        grant select on replica.log_state, replica.tracked_table, replica.tracked_partition, replica.former_name, replica.trusted_owner to replica_source;
        grant select, delete on replica.replica_log, replica.checkpoint to replica_source;
        grant select, insert (table_id, reason), update (finished_at) on replica.copy_request to replica_source;
        grant select, delete, insert (table_id, kind, rows_per_range, requested_at), update (finished_at) on replica.check_request to replica_source;
        grant update (epoch, reader, topic, confirmed, confirmed_at) on replica.log_state to replica_source;
        grant execute on function
            replica.read_chunk(integer, json, integer, integer),
            replica.read_row(integer, json),
            replica.read_range(integer, jsonb, jsonb, integer, bigint, bigint, boolean, text[]),
            replica.read_rows(integer, jsonb, jsonb, boolean, integer),
            replica.read_sequences(),
            replica.image_matters(regclass),
            replica.settings_matter(regclass),
            replica.foreign_keys_change(regclass),
            replica.needs_row_form(regclass),
            replica.partitions(regclass),
            replica.partitions_fit(replica.tracked_table),
            replica.attend(integer),
            replica.attend_log(),
            replica.is_unfit(replica.tracked_table),
            replica.is_held_back(regclass),
            replica.may_capture(replica.tracked_table),
            replica.strangers(regclass),
            replica.triggers_fit(replica.tracked_table),
            replica.key_fits(replica.tracked_table),
            replica.names_fit(replica.tracked_table)
            to replica_source;
    end if;
end
$$;
