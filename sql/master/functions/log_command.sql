create or replace function replica.log_command(command text, search_path text, settings json)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Logs a command that changed the schema, after it was executed: whoever waited for its locks logs later.
--   search_path  the schemas in which it was executed
--   settings     settings of the session that matter to it, name to value
-- Returns the number of its log row.
declare
    _seq bigint;
begin
    insert into replica.replica_log (table_id, op, row)
    values (0, 'S', json_build_object('sql', command, 'search_path', search_path, 'settings', settings))
    returning seq into _seq;
    perform replica.ring_doorbell();
    return _seq;
end
$$;

comment on function replica.log_command(text, text, json) is
    'Logs a command that changed the schema';
