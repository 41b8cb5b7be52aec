create or replace function replica.execute(command text, replayed boolean default false)
returns text
language plpgsql
set standard_conforming_strings = on
as $$
-- Executes a command that changes the schema, and logs it, so that slaves with ddl.enabled=true execute it
-- too, at exactly its place among the rows. Security invoker without a search path of its own: the command
-- runs with the caller's rights and is to find what the caller would find. So everything here is named in full,
-- operators and types too. Whoever may call this can have
-- anything executed on the slaves, with the rights of their sinks.
--   command   one or more commands, such as ALTER TABLE; none that controls the transaction, and none that
--             changes rows of tracked tables
--   replayed  whether it is another master's, and a sink executes it here: then it is logged only where
--             tables are tracked with cascading, for slaves of this slave
-- Returns what was done, as a sentence.
declare
    _path constant pg_catalog.text := (
        select coalesce(pg_catalog.string_agg(pg_catalog.quote_ident(s.name), ', ' order by s.place), '')
        from pg_catalog.unnest(pg_catalog.current_schemas(false)) with ordinality as s(name, place)
        where s.name::pg_catalog.text operator(pg_catalog.!~) '^pg_temp');
    _settings constant pg_catalog.json := replica.command_settings();
    _begun constant pg_catalog.json := replica.begin_command(command, replayed);
    _refusal pg_catalog.text;
    _freed integer[];
    _all_freed integer[] := '{}';
begin
    -- Only what may retype a key is tried within a subtransaction: a new value of an enum can be used at once if its
    -- type is of the same transaction, but not if it is of a subtransaction.
    if command operator(pg_catalog.!~*) '\malter\s+table\M.*\mtype\M' then
        execute command;
        return replica.end_command(command, _path, _settings, _begun, _all_freed);
    end if;
    loop
        begin
            execute command;
            exit;
        exception when feature_not_supported then
            get stacked diagnostics _refusal = pg_exception_detail;
            _freed := replica.free_keys(_refusal);
            if pg_catalog.cardinality(_freed) operator(pg_catalog.=) 0 then
                raise;
            end if;
            _all_freed := pg_catalog.array_cat(_all_freed, _freed);
        end;
    end loop;
    return replica.end_command(command, _path, _settings, _begun, _all_freed);
end
$$;

comment on function replica.execute(text, boolean) is
    'Change the schema here and on the slaves, at the same place among the rows; answers what it did';
