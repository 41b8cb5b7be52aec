create or replace function replica.using_differs(command text)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether a command retypes a column by an expression that need not give the same value on each server: it
    -- calls a function that is volatile or tells of the moment or the session, or asks for the time or the user.
    select command ~* '\mtype\M.*\musing\M'
       and (command ~* '\m(current_(timestamp|date|time|user|role|catalog|schema|setting)|localtime|localtimestamp|session_user|user)\M'
            or exists (
                select
                from regexp_matches(command, '([[:alnum:]_$]+)"?\s*\(', 'g') f
                join pg_proc p on p.proname in (f[1], lower(f[1]))
                where p.provolatile = 'v' or p.provolatile = 's' and p.pronargs = 0))
$$;

comment on function replica.using_differs(text) is
    'Whether a command retypes a column by an expression whose value differs from server to server';
