create or replace function replica.was_overtaken(op text, stack text)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Whether the log may hold newer states already of the rows that a statement's capture is about to log, so
-- that they must be logged as they are now. That is so if
--   * statements inside this one were captured: in its triggers, or in functions that it calls. Their
--     captures come first, although they may have changed its rows after it did;
--   * it inserts or updates, and deletes, as WITH can: the deletion may be captured last and have
--     been done first.
-- What is inside what is told by the stack of calls, which the last capture left with the moment its client's
-- command began in the setting replica.last_capture: "moment kind length stack". Kind is D if only
-- deletions were captured for a statement, or single rows, W if anything else was, N if captures came from inside it.
-- Of the stack no more than its outermost 1,000 characters, as it may quote long statements.
--   op     tg_op; KEY for a changed key, whose capture is not the statement's last and leaves nothing; or ROW
--          for a capture row by row, whose order is that of the changes: it leaves what a deletion does
--   stack  the capture's calls without its own, from pg_context; empty if the client's command is captured
declare
    _moment constant text := (date_part('epoch', statement_timestamp()) * 1000000)::bigint;
    _tail constant text := right(stack, 1000);
    _last constant text := current_setting('replica.last_capture', true);
    _last_kind text;
    _last_length integer;
    _last_tail text;
    _kind text := case when op in ('DELETE', 'ROW') then 'D' else 'W' end;
    _overtaken boolean := false;
begin
    if split_part(_last, ' ', 1) = _moment then
        _last_kind := split_part(_last, ' ', 2);
        _last_length := split_part(_last, ' ', 3);
        _last_tail := substr(_last, length(_moment) + length(_last_length::text) + 5);
        if _last_length > length(stack) and right(_last_tail, length(_tail)) = _tail then
            _kind := 'N';
            _overtaken := true;
        elsif _last_length = length(stack) and _last_tail = _tail then
            _overtaken := _last_kind = 'N' or (_last_kind = 'W' and op = 'DELETE');
            _kind := case when _last_kind = 'D' then _kind else _last_kind end;
        end if;
    end if;
    if op <> 'KEY' then
        perform set_config('replica.last_capture', concat_ws(' ', _moment, _kind, length(stack), _tail), true);
    end if;
    return _overtaken;
end
$$;

comment on function replica.was_overtaken(text, text) is
    'Whether other captures may have logged newer states of the rows that a capture is about to log';
