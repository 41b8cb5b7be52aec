-- One row a table: is it what the master has, and what would mend it?
create or replace view replica.verification as
select
    t.source_table,
    t.slave_table,
    case
        when t.altered is not null then 'left out'
        when r.source_table is null then 'not verified'
        when d.ranges > 0 then 'differs'
        when r.not_compared is not null then 'not compared'
        when r.good_at is not null then 'equal'
        when r.ended_at is null then 'under way'
        else 'parts equal'
    end as verdict,
    coalesce(d.ranges, 0) as differing_ranges,
    d.master_rows,
    d.slave_rows,
    coalesce('its ' || t.altered, r.not_compared) as not_compared,
    r.verified_at,
    r.ended_at is null and r.source_table is not null as is_under_way,
    r.rows as rows_verified,
    r.good_at,
    r.good_snapshot,
    case when d.ranges > 0 then
        format('select replica.repair(%L%s, slave => %L%s)', t.source_table, d.argument, r.slave, d.mode)
    end as to_repair,
    case when d.ranges > 0 then
        format('select replica.verify(%L%s, slave => %L, rows_per_range => 100%s)', t.source_table, d.argument, r.slave, d.mode)
    end as to_narrow
from replica.slave_table as t
left join lateral (
    select
        v.source_table,
        max(v.slave) as slave,
        (array_agg(v.not_compared order by v.began_at desc))[1] as not_compared,
        (array_agg(v.ended_at order by v.began_at desc))[1] as ended_at,
        (array_agg(v.rows order by v.began_at desc))[1] as rows,
        max(coalesce(v.ended_at, v.began_at)) as verified_at,
        max(v.good_at) as good_at,
        (array_agg(v.good_snapshot order by v.good_at desc nulls last))[1] as good_snapshot
    from replica.verification_run as v
    where v.log_id = t.log_id and v.source_table = t.source_table
    group by v.source_table
) as r on true
left join lateral (
    select
        count(*) as ranges,
        sum(f.master_rows) as master_rows,
        sum(f.slave_rows) as slave_rows,
        case when count(*) <= 1000 then
            format(', ranges => %L',
                jsonb_agg(jsonb_build_object('from', f.from_key, 'to', f.to_key) order by f.verified_at, f.from_key))
        else '' end as argument,
        case when bool_or(f.by_text) then ', by_text => true' else '' end as mode
    from replica.differing_range as f
    where f.log_id = t.log_id and f.source_table = t.source_table
) as d on true;

comment on view replica.verification is
    'For operators: each table, whether it was found to be what the master has, and the commands for the master that repair it or locate the difference more exactly.';
comment on column replica.verification.verdict is
    'equal: found equal range by range, and nothing found since that differs; differs; not compared: see there; left out: its records are dropped or changed on their way here; under way: for the first time; parts equal: so were the ranges that were asked for; not verified: never asked.';
comment on column replica.verification.differing_ranges is
    'In how many ranges of keys it differs, see replica.differing_range.';
comment on column replica.verification.not_compared is
    'Why ranges were not compared by the last verification, if any were not.';
comment on column replica.verification.good_at is
    'When the whole table was last found equal.';
comment on column replica.verification.to_repair is
    'To be run on the master: sends the differing ranges again, and removes rows that are too many.';
comment on column replica.verification.to_narrow is
    'To be run on the master: compares the differing ranges again in smaller pieces.';
