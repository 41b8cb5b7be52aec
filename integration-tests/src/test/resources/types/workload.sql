-- On the master only: what is done to the tables of each type. hostile.value_<type> (i, v) holds the values,
-- so that no session's settings change what they are.
create function hostile.change_plain(_type text, _profile integer) returns void language plpgsql as $$
begin
    execute format(
        'insert into types.%1$I select $1 + i, v from hostile.%2$I;', 'plain_' || _type, 'value_' || _type)
    using _profile * 10000;
    execute format(
        'insert into types.%1$I select $1 + i, null from hostile.%2$I', 'plain_' || _type, 'value_' || _type)
    using _profile * 10000 + 5000;
    execute format(
        'update types.%1$I t set v = s.v from hostile.%2$I s where t.id = $1 + s.i',
        'plain_' || _type, 'value_' || _type)
    using _profile * 10000 + 5000;
    execute format('delete from types.%1$I where id = $1', 'plain_' || _type)
    using _profile * 10000 + 1;
end
$$;

-- Keys: of values that are equal under different texts one is inserted, another comes by update.
create function hostile.change_key(_type text, _profile integer) returns void language plpgsql as $$
begin
    execute format('delete from types.%1$I where n %% 2 = 0', 'key_' || _type);
    execute format(
        'insert into types.%1$I
         select v, i from (select distinct on (v) v, i from hostile.%2$I where length(v::text) < 2000 order by v, i) s
         on conflict (k) do update set n = excluded.n + 1', 'key_' || _type, 'value_' || _type);
    execute format(
        'update types.%1$I t set k = s.v
         from (select distinct on (v) v from hostile.%2$I where length(v::text) < 2000 order by v, i desc) s where s.v = t.k',
        'key_' || _type, 'value_' || _type);
    if _profile % 2 = 0 then
        execute format('delete from types.%1$I where n %% 3 = 0', 'key_' || _type);
    end if;
end
$$;

create function hostile.change_nested(_type text, _profile integer) returns void language plpgsql as $$
begin
    execute format(
        'insert into types.%1$I
         select $1 + i,
                array[v, null, v],
                array_fill(v, array[2, 2], array[-1, 5]),
                v,
                row(v, i, array[v, null])::types.%3$I,
                array[row(v, i, array[v])::types.%3$I, null],
                row(row(v, null, array[v])::types.%3$I, array[array[row(v, -i, null)::types.%3$I]])::types.%4$I,
                array[row(v, null, array[v])]::types.%5$I
         from hostile.%2$I', 'nested_' || _type, 'value_' || _type, 'row_' || _type, 'deep_' || _type,
         'rows_' || _type)
    using _profile * 10000;
    execute format(
        'update types.%1$I set a = null, d = null, c = null where id = $1 + 1', 'nested_' || _type)
    using _profile * 10000;
    execute format(
        'update types.%1$I set a = ''{}'', m = array[null::types.%3$I], c = row(null, null, null),
                               cs = array[null::types.%2$I]
         where id = $1 + 2', 'nested_' || _type, 'row_' || _type, 'domain_' || _type)
    using _profile * 10000;
end
$$;

-- A trigger's work, so that captures take the careful path: insert into hostile.bell.
create table hostile.bell (shape text, type text, profile integer);
create function hostile.change() returns trigger language plpgsql as $$
begin
    execute format('select hostile.%I($1, $2)', 'change_' || new.shape) using new.type, new.profile;
    return null;
end
$$;
create trigger change after insert on hostile.bell for each row execute function hostile.change();
