-- The schema is shared by both halves where a database is master and slave; whoever comes first owns it.
do $$
begin
    if to_regnamespace('replica') is null then
        create schema replica;
        comment on schema replica is 'KReplica: PostgreSQL replication over Kafka Connect; holds no user data';
    end if;
end
$$;
