create or replace function replica.log_ddl()
returns event_trigger
language plpgsql security definer
as $$
-- Event trigger: logs commands that change tracked tables, see replica.capture_command. Whatever goes wrong here,
-- the command itself succeeds. Security definer, since whoever alters a table need have no right on the log.
-- No search path of its own, so that the client's can be read: so every name is qualified, those of types too,
-- and there is no operator that a schema of the client's could replace.
declare
    _stack pg_catalog.text;
    _problem pg_catalog.text;
begin
    get diagnostics _stack = pg_context;
    begin
        perform replica.capture_command(
            tg_tag,
            -- Without the first line, which is this function.
            pg_catalog.regexp_replace(_stack, '^[^\n]*\n?', ''),
            pg_catalog.current_setting('search_path'),
            replica.client_role());
    exception when others then
        get stacked diagnostics _problem = message_text;
        perform replica.note_missed(tg_tag, '{}', _problem);
    end;
exception when others then
    raise warning 'KReplica cannot look at this command: %', sqlerrm;
end
$$;

comment on function replica.log_ddl() is
    'Event trigger: logs commands that change tracked tables, so that slaves execute them';
