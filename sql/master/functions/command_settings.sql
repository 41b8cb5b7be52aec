create or replace function replica.command_settings()
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- The session's settings that change what a schema command means, or which values it computes.
    select json_object_agg(s.name, s.setting)
    from pg_settings s
    where s.name in ('TimeZone', 'DateStyle', 'IntervalStyle', 'bytea_output', 'extra_float_digits',
                     'xmloption', 'standard_conforming_strings')
$$;

comment on function replica.command_settings() is
    'The session''s settings that change what a schema command means';
