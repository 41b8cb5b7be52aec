create or replace function replica.repair(
    tracked regclass,
    slave text default null,
    rows_per_range integer default 1000,
    ranges jsonb default null,
    by_text boolean default false)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Asks for a table to be made again what it is here, range by range, while changes flow: the rows of each
-- range are sent with its digest, and a slave that has others in it puts them in their place, and removes
-- what is too much. It leaves alone what is equal. The slave's replica.verification offers the command.
--   tracked         a tracked table
--   slave           the slave.name of the only sink that is to do it; null for all
--   rows_per_range  so many rows are compared, and written if they differ, at a time
--   ranges          only these ranges of keys, as replica.verification shows them; null: the whole table is
--                   sent
--   by_text         as it was verified, see replica.verify
-- Returns what was done, as a sentence.
begin
    return replica.request_check(tracked, 'repair', ranges, slave, rows_per_range, by_text);
end
$$;

comment on function replica.repair(regclass, text, integer, jsonb, boolean) is
    'Ask for ranges of a tracked table to be made equal on its slaves; answers what it did';
