-- What both halves compute goes with the last of them.
do $$
begin
    if to_regclass('replica.replica_log') is null and to_regclass('replica.replica_position') is null then
        drop function if exists
            replica.digest_range(regclass, text[], text[], boolean, jsonb, jsonb),
            replica.range_sql(regclass, text[], boolean, boolean, boolean),
            replica.range_terms(regclass, text[], boolean),
            replica.digest_terms(regclass),
            replica.key_order(regclass, text[]),
            replica.collation_order(oid),
            replica.own_rows(regclass);
    end if;
end
$$;
