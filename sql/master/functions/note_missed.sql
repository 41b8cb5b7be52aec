create or replace function replica.note_missed(tag text, tables text[], reason text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Says that a schema command on tracked tables does not reach the slaves: to whoever executed it, in
-- replica.missed_command, and as a comment in the log, for who reads the topic.
--   reason  why, as the rest of a sentence
declare
    _subject constant text := tag || coalesce(' of ' || nullif(array_to_string(tables, ', '), ''), '');
begin
    raise warning 'Cannot log %: %', _subject, reason
        using hint = 'Change the slaves by hand. Next time send the command alone, or through replica.execute, which logs it in any case.';
    insert into replica.missed_command (tag, tables, reason)
    values (tag, tables, reason);
    perform replica.log_command(
        regexp_replace(format('-- %s is not in the log: %s', _subject, reason), '\s', ' ', 'g'), '', '{}');
end
$$;

comment on function replica.note_missed(text, text[], text) is
    'Says that a schema command on tracked tables does not reach the slaves';
