create or replace function replica.why_not_alone(query text, tag text, stack text)
returns text
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    -- Why a client's query cannot be executed on slaves for the command that was executed here; null if it can.
    --   tag    what kind of command was executed
    --   stack  what called it besides the client
    select case
        when stack <> '' then
            'a function, a DO block or a script executed it, so that its text is not known'
        when not replica.is_one_command(query, tag) then
            'other commands, or comments within comments, were sent with it, so that its text is not known'
        when tag = 'ALTER TABLE' and query ~* '\musing\s+index\s+(?!tablespace\M)' then
            'it makes use of an index, which the slaves need not have'
        when tag = 'ALTER TYPE'
             and query ~* '\madd\s+value\M' and query !~* '^alter\s+type\s[^;]*\sadd\s+value\s[^;]*;?\s*$' then
            'there is more than the command in its text, so that slaves cannot execute it apart from the rows'
        when exists (select
                     from replica.replica_log l
                     where l.xid = pg_current_xact_id() and l.ts >= statement_timestamp() and l.op <> 'S') then
            'it changed rows of tracked tables, which are logged by themselves'
        end
$$;

comment on function replica.why_not_alone(text, text, text) is
    'Why a client''s query cannot be executed on slaves for the command that was executed';
