create or replace function replica.key_operator(type oid, strategy integer)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- The operator by which values of a type are ordered: 3 equal, 4 greater or equal, 5 greater. By its
-- name alone it would not be found where an extension has it in a schema of its own, or, worse, that of
-- another type would be: citext would compare as text does, although its index has another order.
declare
    -- Also of arrays, enums, ranges and composites, and of what is compared as another type.
    _builtin constant text := (array['=', '>=', '>'])[strategy - 2];
    _type pg_type;
    _operator text;
begin
    if type < 16384 then
        return 'operator(pg_catalog.' || _builtin || ')';
    end if;
    select * into strict _type from pg_type t where t.oid = key_operator.type;
    if _type.typtype = 'd' then
        return replica.key_operator(_type.typbasetype, strategy);
    end if;
    select format('operator(%I.%s)', n.nspname, o.oprname) into _operator
    from pg_opclass c
    join pg_am m on m.oid = c.opcmethod and m.amname = 'btree'
    join pg_amop a on a.amopfamily = c.opcfamily and a.amoplefttype = c.opcintype
                  and a.amoprighttype = c.opcintype and a.amopstrategy = strategy
    join pg_operator o on o.oid = a.amopopr
    join pg_namespace n on n.oid = o.oprnamespace
    where c.opcintype = key_operator.type and c.opcdefault;
    return coalesce(_operator, 'operator(pg_catalog.' || _builtin || ')');
end
$$;

comment on function replica.key_operator(oid, integer) is
    'The operator that compares the values of a key''s column';
