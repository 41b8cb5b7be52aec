create or replace procedure replica.renew()
language plpgsql
as $$
-- Makes anew the triggers that an older version of the script made, and those that no longer fit their
-- table, and takes note of partitions that came or went; takes away triggers that log in the name of no
-- tracked table; and keeps the log within its limit, as attend_log and attend do for the source, for
-- masters whose source may be away for long: cron can call this. Each table in a transaction of its own,
-- so that no two are locked at once, and with less patience than the detector of deadlocks has: a busy
-- table keeps the triggers it has, which go on working, and is named in a warning after five seconds, or
-- as long as the session's setting replica.patience says.
-- Every name is qualified, those of operators and types too, since a procedure that commits cannot pin its
-- search path.
declare
    _todo pg_catalog.record;
    _patience constant interval :=
        case when pg_catalog.length(pg_catalog.current_setting('replica.patience', true)) operator(pg_catalog.>) 0
             then pg_catalog.current_setting('replica.patience')
             else '5s' end;
    _deadline pg_catalog.timestamptz;
    _trouble pg_catalog.text;
    _state pg_catalog.text;
    _message pg_catalog.text;
begin
    perform replica.forget_dropped();
    perform replica.note_names();
    commit;
    for _trouble in select a.message from replica.attend_log() a
    loop
        raise warning '%', _trouble;
    end loop;
    commit;
    for _todo in
        select t.table_id, t.relation, null::pg_catalog.name as stray,
               t.let_go_at is not null or t.triggers_version operator(pg_catalog.<) s.schema_version or not replica.triggers_fit(t) as is_unfit,
               not replica.triggers_fit(t) as is_altered,
               not replica.may_capture(t) as is_too_much
        from replica.tracked_table t
        cross join replica.log_state s
        where t.untracked_at is null and replica.is_unfit(t)
        union all
        select null, s.relation, s.name, false, false, false
        from replica.stray_triggers() s
    loop
        _deadline := pg_catalog.clock_timestamp() operator(pg_catalog.+) _patience;
        loop
            _message := null;
            begin
                perform pg_catalog.set_config('lock_timeout', '400ms', true);
                if _todo.is_too_much then
                    raise warning '%', replica.let_go(_todo.table_id);
                elsif _todo.stray is null then
                    if _todo.is_unfit then
                        perform replica.renew_triggers(_todo.table_id);
                    end if;
                    if _todo.is_altered then
                        perform replica.request_copy(_todo.table_id);
                    end if;
                    for _trouble in
                        select p.message from replica.renew_partitions(_todo.table_id) p where p.is_trouble
                    loop
                        raise warning '%', _trouble;
                    end loop;
                else
                    execute pg_catalog.format('drop trigger %I on %s', _todo.stray, _todo.relation);
                end if;
            exception when others then
                get stacked diagnostics _state = returned_sqlstate, _message = message_text;
            end;
            commit;
            exit when _message is null or _state operator(pg_catalog.<>) all (array['55P03', '40P01'])
                or pg_catalog.clock_timestamp() operator(pg_catalog.>) _deadline;
            perform pg_catalog.pg_sleep(0.2);
        end loop;
        if _message is not null then
            raise warning 'The triggers of % stay as they are: %', _todo.relation, _message
                using hint = 'They go on working. CALL replica.renew(); when the reason is gone.';
        end if;
    end loop;
end
$$;

comment on procedure replica.renew() is
    'Makes triggers anew that an older version made, or that no longer fit their table';
