create or replace function replica.after_key_sql(tracked regclass, keys smallint[])
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- The condition that a row t of a table comes behind a key in the table's order, in a form that an index
-- serves. The key is $1, JSON from column name to text.
declare
    _term record;
    _row text;
    _condition text;
begin
    select format('(%s) %s (%s)',
                  string_agg('t.' || k.name || k.base, ', ' order by k.place),
                  min(k.greater),
                  string_agg(k.value, ', ' order by k.place)),
           count(distinct k.greater) = 1 as is_uniform
    into strict _term
    from replica.key_terms(tracked, keys) k;
    if _term.is_uniform then
        return _term.format;
    end if;
    -- Operators of several schemas do not go together into one comparison of rows.
    for _term in select * from replica.key_terms(tracked, keys) k order by k.place desc
    loop
        _row := 't.' || _term.name || _term.base;
        _condition := format('%s %s %s', _row, _term.greater, _term.value)
                      || coalesce(format(' or %s %s %s', _row, _term.equal, _term.value)
                                  || ' and (' || _condition || ')', '');
    end loop;
    return format('%s %s %s and (%s)', _row, _term.at_least, _term.value, _condition);
end
$$;

comment on function replica.after_key_sql(regclass, smallint[]) is
    'The condition that finds the next rows of a copy';
