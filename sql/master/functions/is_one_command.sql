create or replace function replica.is_one_command(query text, tag text)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Whether a text is one ALTER or CREATE command of this kind and nothing else. PostgreSQL's own parser says
-- so: it refuses to open a cursor for a command without rows, and names the kind, or for several commands.
-- Nothing is executed: a first command that is no ALTER or CREATE is not offered to it.
--   tag  as event triggers have it, such as ALTER TABLE
declare
    _cursor refcursor;
begin
    if query is null or query !~* '^(alter|create)\M' then
        return false;
    end if;
    open _cursor for execute query;
    close _cursor;
    return false;
exception
    when invalid_cursor_definition then
        return position(tag in sqlerrm) > 0;
    when others then
        -- Several commands, of which one does not find what another will create.
        return false;
end
$$;

comment on function replica.is_one_command(text, text) is
    'Whether a text is one ALTER or CREATE command of a kind, and nothing else';
