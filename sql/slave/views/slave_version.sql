-- Grows with every change of what this script installs; the sink compares it with its own.
create or replace view replica.slave_version as
select 2 as version;

comment on view replica.slave_version is
    'The version of the slave''s script; the sink works with exactly one.';
