create or replace function replica.untrack_all(schema regnamespace)
returns table (name text, result text)
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '400ms'
as $$
-- Stops logging the changes of every tracked table of a schema. What is in the log already is still sent.
-- A table that a transaction keeps busy stays tracked, and is named.
--   schema  the schema
-- Returns a row a table: its name and what was done, as a sentence.
declare
    _message text;
    _relation regclass;
begin
    perform replica.forget_dropped();
    for _relation in
        select t.relation
        from replica.tracked_table t
        join pg_class c on c.oid = t.relation
        where c.relnamespace = schema and t.untracked_at is null
        order by c.relname
    loop
        name := _relation::text;
        begin
            result := replica.untrack(_relation);
        exception
            when lock_not_available or deadlock_detected then
                result := 'Still tracked: open transactions are changing it. Run this again.';
            when others then
                get stacked diagnostics _message = message_text;
                result := format('Still tracked: %s', _message);
        end;
        return next;
    end loop;
end
$$;

comment on function replica.untrack_all(regnamespace) is
    'Stop logging the changes of every table of a schema; answers what it did with each';
