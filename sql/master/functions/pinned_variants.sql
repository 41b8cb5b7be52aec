-- A session's settings change what some types look like as text: floats (extra_float_digits),
-- intervals, bytea, money, and everything inside an exact image. Tables with such columns are
-- captured by variants of the same functions that pin those settings. A SET costs one to three
-- microseconds a call, so that the other tables do without.
do $do$
declare
    _function text;
begin
    foreach _function in array array['log_change', 'log_key_change', 'log_row', 'log_leaf_truncate']
    loop
        execute format(
            $sql$
            create or replace function replica.%1$I()
            returns trigger
            language plpgsql security definer
            set search_path = pg_catalog, pg_temp
            set "DateStyle" = 'ISO, YMD'
            set "IntervalStyle" = 'postgres'
            set "TimeZone" = 'UTC'
            set bytea_output = 'hex'
            set extra_float_digits = 1
            set lc_monetary = 'C'
            as %2$L
            $sql$,
            _function || '_pinned',
            (select p.prosrc
             from pg_catalog.pg_proc p
             where p.oid = format('replica.%I()', _function)::regprocedure));
        execute format(
            'comment on function replica.%I() is %L',
            _function || '_pinned',
            format('%s() for tables with values whose text depends on the session''s settings', _function));
    end loop;
end
$do$;
