create or replace function replica.begin_command(command text, replayed boolean)
returns json
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
-- The first half of replica.execute, before the command runs: refuses what cannot be replayed, and notes
-- what the second half, end_command, goes by. Security definer, because it reads the log.
declare
    _words constant text := btrim(regexp_replace(command, '(/\*.*?\*/|--[^\n]*(\n|$)|\s|;)+', ' ', 'g'));
begin
    if coalesce(_words, '') = '' then
        raise exception 'Cannot execute: there is no command'
            using errcode = 'invalid_parameter_value',
                  hint = 'select replica.execute(''alter table … add column …'');';
    elsif _words ~* '^(begin|start transaction|commit|end|rollback|abort|savepoint|release|prepare transaction)\M' then
        raise exception 'Cannot execute %: it controls the transaction', quote_literal(split_part(_words, ' ', 1))
            using errcode = 'invalid_transaction_termination',
                  hint = 'Begin and commit around replica.execute; what it logs goes with your transaction.';
    elsif command ~* '\malter\s+type\s.*\sadd\s+value\s'
          and command !~* '^\s*alter\s+type\s[^;]*\sadd\s+value\s[^;]*;?\s*$' then
        -- A slave commits it by itself, before the rows that use it.
        raise exception 'Cannot execute ALTER TYPE … ADD VALUE together with other commands'
            using errcode = 'feature_not_supported',
                  hint = 'Call replica.execute for it alone, without comments.';
    elsif current_setting('replica.executing', true) = 'on' then
        raise exception 'Cannot execute within replica.execute: the command would be replayed twice'
            using errcode = 'object_not_in_prerequisite_state',
                  hint = 'Give replica.execute the commands themselves.';
    end if;
    perform set_config('replica.executing', 'on', true);
    return json_build_object(
        'replayed', replayed,
        'seq', (select coalesce(max(l.seq), 0) from replica.replica_log l where l.xid = pg_current_xact_id()),
        'columns', (select coalesce(json_object_agg(t.table_id, c.relnatts), '{}')
                    from replica.tracked_table t
                    join pg_class c on c.oid = t.relation
                    where t.untracked_at is null),
        'partitioned', (select coalesce(json_agg(t.table_id), '[]')
                        from replica.tracked_table t
                        join pg_class c on c.oid = t.relation and c.relkind = 'p'
                        where t.untracked_at is null and replica.partitions_fit(t)));
end
$$;

comment on function replica.begin_command(text, boolean) is
    'The first half of replica.execute: refuses what cannot be replayed';
