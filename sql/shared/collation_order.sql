create or replace function replica.collation_order(collation_id oid)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- What decides the order of texts under a collation: where two servers answer the same, they sort the
-- same. Provider, locale, rules and the version of the library's data; the encoding where it counts.
-- Null if the version is not known, so that nothing can be said.
declare
    _row jsonb;
    _provider text;
    _locale text;
    _version text;
    _encoding text := current_setting('server_encoding');
begin
    select to_jsonb(c) into strict _row from pg_collation c where c.oid = collation_id;
    _provider := _row->>'collprovider';
    if _provider = 'd' then
        select to_jsonb(d) into strict _row from pg_database d where d.datname = current_database();
        _provider := coalesce(_row->>'datlocprovider', 'c');
        _locale := case when _provider = 'c' then _row->>'datcollate' else coalesce(_row->>'datlocale', _row->>'daticulocale') end;
        if current_setting('server_version_num')::integer >= 150000 then
            execute 'select pg_database_collation_actual_version(d.oid) from pg_database d where d.datname = current_database()'
            into _version;
        else
            -- The library is one, whichever of its locales is asked.
            select max(pg_collation_actual_version(c.oid)) into _version from pg_collation c where c.collprovider = 'c';
        end if;
    else
        _locale := case when _provider = 'c' then _row->>'collcollate'
                        else coalesce(_row->>'colllocale', _row->>'colliculocale', _row->>'collcollate') end;
        _version := pg_collation_actual_version(collation_id);
    end if;

    if _provider = 'b' or _provider = 'c' and _locale in ('C', 'POSIX') then
        -- All of them sort by code point, and so do bytes in UTF8.
        return 'C' || case when _encoding in ('UTF8', 'SQL_ASCII') then '' else ' ' || _encoding end;
    end if;
    if _provider = 'c' then
        _locale := replace(lower(_locale), '-', '');
        if _locale = 'c.utf8' then
            return 'libc c.utf8';
        end if;
    end if;
    if _version is null then
        return null;
    end if;
    return concat_ws(' ',
        case _provider when 'c' then 'libc' when 'i' then 'icu' else _provider end,
        _locale,
        _version,
        coalesce(_row->>'collicurules', _row->>'daticurules'),
        case when _row->>'collisdeterministic' = 'false' then 'nondeterministic' end,
        nullif(_encoding, 'UTF8'));
end
$$;

comment on function replica.collation_order(oid) is
    'What decides the order of texts under a collation, to compare with another server''s';
