create or replace function replica.verify(
    tracked regclass,
    slave text default null,
    rows_per_range integer default 10000,
    ranges jsonb default null,
    by_text boolean default false)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Asks for a table to be compared with its slaves, range by range, while changes flow: each slave counts
-- and digests the same rows at the same state. Its replica.verification shows what it found.
--   tracked         a tracked table
--   slave           the slave.name of the only sink that compares; null for all
--   rows_per_range  the fewer, the more exactly a difference is located
--   ranges          only these ranges of keys, as replica.verification shows them
--   by_text         whether to order the key by the code points of its text: where master and slave would
--                   sort it otherwise. Sorts the table for each range, unless an index serves.
-- Returns what was done, as a sentence.
begin
    return replica.request_check(tracked, 'verify', ranges, slave, rows_per_range, by_text);
end
$$;

comment on function replica.verify(regclass, text, integer, jsonb, boolean) is
    'Ask for a tracked table to be compared with its slaves; answers what it did';
