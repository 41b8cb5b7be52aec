create or replace function replica.request_check(
    tracked regclass, kind text, ranges jsonb, slave text, rows_per_range integer, by_text boolean)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Asks for a tracked table to be verified or repaired; refuses what could not be done.
-- Returns what was done, as a sentence.
declare
    _table replica.tracked_table;
    _range jsonb;
    _end jsonb;
    _request bigint;
begin
    select * into _table
    from replica.tracked_table t
    where t.relation = tracked and t.untracked_at is null;
    if not found then
        raise exception 'Cannot % %: it is not tracked', kind, tracked
            using errcode = 'object_not_in_prerequisite_state',
                  hint = format('select replica.track(%L);', tracked);
    end if;
    if rows_per_range not between 1 and 1000000 then
        raise exception 'Cannot % % in ranges of % rows: it must be between 1 and 1000000', kind, tracked, rows_per_range
            using errcode = 'invalid_parameter_value';
    end if;
    if jsonb_typeof(ranges) <> 'array' or jsonb_array_length(ranges) = 0 then
        raise exception 'Cannot % % in these ranges: they are no array, or empty', kind, tracked
            using errcode = 'invalid_parameter_value',
                  hint = 'Take the command that replica.verification offers on the slave; null means the whole table.';
    end if;
    for _range in select r.value from jsonb_array_elements(ranges) r
    loop
        for _end in select e.value from (values (_range->'from'), (_range->'to')) e(value)
        loop
            if _end is null or jsonb_typeof(_end) not in ('object', 'null')
               or jsonb_typeof(_end) = 'object'
                  and (select array_agg(k.key order by k.key) from jsonb_each_text(_end) k where k.value is not null)
                      is distinct from (select array_agg(n.name order by n.name) from unnest(_table.key_names) n(name)) then
                raise exception 'Cannot % % in these ranges: one has no end that is null or a key of columns %',
                        kind, tracked, array_to_string(_table.key_names, ', ')
                    using errcode = 'invalid_parameter_value',
                          hint = 'Take the command that replica.verification offers on the slave.';
            end if;
        end loop;
    end loop;

    insert into replica.check_request (table_id, kind, slave, ranges, rows_per_range, by_text)
    values (_table.table_id, request_check.kind, request_check.slave, request_check.ranges,
            request_check.rows_per_range, request_check.by_text)
    returning request_id into _request;
    perform replica.ring_doorbell();
    return format(
        'Requested %s %s of %s%s',
        case kind when 'verify' then 'verification' else kind end, _request, tracked, coalesce(' on slave ' || slave, ''));
end
$$;

comment on function replica.request_check(regclass, text, jsonb, text, integer, boolean) is
    'Asks for a tracked table to be verified or repaired';
