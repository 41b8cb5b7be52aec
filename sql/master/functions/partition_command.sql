create or replace function replica.partition_command(partition regclass)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
set "DateStyle" = 'ISO, YMD'
set "IntervalStyle" = 'postgres'
set "TimeZone" = 'UTC'
set bytea_output = 'hex'
set extra_float_digits = 1
set lc_monetary = 'C'
as $$
    -- The command that gives a slave a partition as the master has it, empty. It changes nothing on a slave whose
    -- table is partitioned otherwise, or not at all.
    select format(
        'do %L',
        format(
            E'begin\n'
            '    if pg_get_partkeydef(to_regclass(%1$L)) = %2$L then\n'
            '        create table if not exists %3$s partition of %1$s %4$s%5$s;\n'
            '    end if;\n'
            'exception when invalid_object_definition then\n'
            '    raise notice ''Partitions of the slave''''s own hold these rows'';\n'
            'end',
            i.inhparent::regclass,
            pg_get_partkeydef(i.inhparent),
            c.oid::regclass,
            pg_get_expr(c.relpartbound, c.oid),
            case when c.relkind = 'p' then ' partition by ' || pg_get_partkeydef(c.oid) else '' end))
    from pg_class c
    join pg_inherits i on i.inhrelid = c.oid
    where c.oid = partition_command.partition
$$;

comment on function replica.partition_command(regclass) is
    'The command that gives a slave a partition as the master has it';
