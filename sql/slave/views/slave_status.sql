-- One row a table: is it complete, and how old is what it shows?
create or replace view replica.slave_status as
select
    t.source_table,
    t.slave_table,
    case
        when t.let_go_at is not null and t.taken_back_at is null then 'let go'
        when t.let_go_at is not null then 'waiting for a copy'
        when t.copy_ended_at is not null then 'complete'
        when t.copy_began_at is null and p.joined::text = '1:1:' then 'complete'
        when t.copy_began_at is null then 'waiting for a copy'
        else 'copying'
    end as state,
    t.copy_request,
    t.copy_began_at,
    t.copy_ended_at,
    p.sink,
    p.topic,
    p.log_id,
    p.snapshot,
    p.batch,
    p.kafka_offset,
    p.updated_at,
    t.conflicts,
    t.last_conflict_at,
    t.let_go_at
from replica.replica_position as p
left join replica.slave_table as t using (log_id);

comment on view replica.slave_status is
    'For operators: each table that the sink has met, whether it is complete, and how far the log is applied.';
comment on column replica.slave_status.state is
    'complete; copying: a copy has begun and not ended; waiting for a copy: the slave joined after the log''s beginning and no copy has arrived, or the table was let go and is logged again; let go: the master does not log its changes for now.';
