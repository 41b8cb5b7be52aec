create or replace function replica.capture_command(tag text, stack text, search_path text, caller name)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
as $$
-- Logs the command at hand if it has changed tracked tables in ways that concern slaves, or their types. What
-- is logged is the text that the client sent, so the client must have sent this command alone; else
-- replica.note_missed says that it is not logged. To be called by an event trigger's function.
--   stack        what called that function besides the client
--   search_path  the client's, as the setting has it
--   caller       the client's role
declare
    -- Comments in front would hide the command from who looks for its first words.
    _query constant text := regexp_replace(
        current_query(), '^(\s+|--[^\n]*\n|/\*([^*/]|\*(?!/)|/(?!\*))*\*/)*', '');
    _tables text[];
    _changed integer[] := '{}';
    _copied integer[];
    _reason text;
    _seq bigint;
begin
    if tag = 'ALTER TABLE' then
        select array_agg(a.relation::text order by a.relation),
               array_agg(a.table_id),
               array_agg(a.table_id) filter (where replica.fill_differs(a.relation, a.attributes_before)),
               case when not bool_or(a.is_named) then 'it names a table that is not tracked' end
        into _tables, _changed, _copied, _reason
        from replica.altered_tables() a;
    elsif tag in ('ALTER TYPE', 'ALTER DOMAIN') and _query !~* '\mowner\s+to\s+[^'';]+;?\s*$' then
        _tables := replica.tables_of_types();
    elsif tag in ('CREATE TYPE', 'CREATE DOMAIN') then
        _tables := replica.types_beside_tables();
    end if;
    if replica.is_exempt() then
        return;
    end if;
    if tag = 'CREATE TABLE' or tag = 'ALTER TABLE' and _changed is null then
        perform replica.log_command(p.command, '', '{"DateStyle": "ISO, YMD", "IntervalStyle": "postgres", "TimeZone": "UTC"}')
        from replica.new_partitions(tag) as p(command);
    end if;
    if coalesce(cardinality(_tables), 0) = 0 then
        return;
    end if;

    _reason := coalesce(_reason, replica.why_not_alone(_query, tag, stack));
    if _reason is null then
        _seq := replica.log_command(_query, replica.command_path(search_path, caller), replica.command_settings());
        perform replica.follow_command(_seq, _changed);
        perform replica.request_copy(c.table_id)
        from unnest(case when replica.using_differs(_query) then _changed else _copied end) as c(table_id);
    elsif tag not like 'CREATE %' then
        perform replica.note_missed(tag, _tables, _reason);
    end if;
end
$$;

comment on function replica.capture_command(text, text, text, name) is
    'Logs the command at hand if it has changed tracked tables or their types, for an event trigger';
