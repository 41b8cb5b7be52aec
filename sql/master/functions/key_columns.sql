create or replace function replica.key_columns(tracked regclass, key_index regclass)
returns smallint[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- The attribute numbers of a table's key, in key order: of its primary key, or of the index that was
-- chosen. Refuses what cannot tell every row from every other, with the remedy.
declare
    _index pg_index;
    _columns smallint[];
begin
    if key_index is null then
        select * into _index from pg_index i where i.indrelid = tracked and i.indisprimary;
        if not found then
            raise exception 'Cannot track %: it has no primary key', tracked
                using errcode = 'object_not_in_prerequisite_state',
                      hint = format(
                          'Add one: ALTER TABLE %s ADD PRIMARY KEY (...); or name a unique index of NOT NULL columns: '
                          'select replica.track(%L, key => ''index_name'').', tracked, tracked);
        end if;
    else
        select * into _index from pg_index i where i.indrelid = tracked and i.indexrelid = key_index;
        if not found then
            raise exception 'Cannot track %: % is not one of its indexes', tracked, key_index
                using errcode = 'undefined_object', hint = 'Name a unique index of this table.';
        end if;
    end if;

    _columns := (string_to_array(_index.indkey::text, ' '))[1:_index.indnkeyatts]::smallint[];
    if not _index.indisunique or _index.indpred is not null or _index.indexprs is not null
       or not _index.indimmediate or not _index.indisvalid
       or exists (select from pg_attribute a
                  where a.attrelid = tracked and a.attnum = any (_columns) and not a.attnotnull) then
        raise exception 'Cannot track % by %: the index does not tell every row from every other at once',
                tracked, _index.indexrelid::regclass
            using errcode = 'object_not_in_prerequisite_state',
                  hint = 'A key needs a valid unique index over NOT NULL columns, without WHERE, without expressions, not DEFERRABLE.';
    end if;

    return _columns;
end
$$;

comment on function replica.key_columns(regclass, regclass) is
    'The key by which a table is tracked; refuses an unfit one with the remedy';
