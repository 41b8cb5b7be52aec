-- The schema is shared with the master's half where a database is both; whoever comes first owns it.
do $$
begin
    if to_regnamespace('replica') is null then
        create schema replica;
        comment on schema replica is
            'KReplica: PostgreSQL replication over Kafka Connect. Holds no user data.';
    end if;
end
$$;
