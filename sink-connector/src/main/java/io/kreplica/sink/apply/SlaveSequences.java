package io.kreplica.sink.apply;

import io.kreplica.record.SequenceValue;
import io.kreplica.record.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets the slave's sequences to where the master's stand, so that a slave that becomes the master
 * hands out no number again. A slave follows its master exactly, backwards too, as after TRUNCATE …
 * RESTART IDENTITY. A database that is a master as well moves its sequences forwards only: what it
 * hands out itself must not come again because the other side is a little behind.
 *
 * <p>Sequences know no transactions: what is set stays set if the batch is rolled back, and is set
 * again when it comes again. Used by the task's thread only.
 */
public final class SlaveSequences {

  private static final Logger LOG = LoggerFactory.getLogger(SlaveSequences.class);

  /**
   * One statement for all: finds each sequence, by the column that owns it or by its name, and sets
   * it where it differs. A sequence that steps by more than one, on a database that is a master
   * too, is one of several that share the numbers among them: the other's are left to the other.
   */
  private static final String SET =
      """
      with wanted as materialized (
          select x.*, to_regclass('replica.tracked_table') is null as exactly
          from unnest(?::text[], ?::text[], ?::text[], ?::bigint[], ?::boolean[])
              with ordinality as x(name, owner, attname, value, is_called, n)
      ), found as materialized (
          select w.*, s.*,
              has_sequence_privilege(s.seqrelid, 'select')
                  and has_sequence_privilege(s.seqrelid, 'update') as allowed
          from wanted as w
          join pg_sequence as s on s.seqrelid = coalesce(
              (select d.objid
               from pg_depend as d
               join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
               join pg_class as c on c.oid = d.objid and c.relkind = 'S'
               where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
                   and d.refobjid = to_regclass(w.owner) and a.attname = w.attname
                   and d.deptype in ('a', 'i')
               order by d.deptype desc
               limit 1),
              to_regclass(w.name))
      ), known as materialized (
          select f.*, case when f.allowed then pg_sequence_last_value(f.seqrelid) end as current
          from found as f
      ), judged as materialized (
          select k.*,
              case
                  when not k.allowed then 'forbidden'
                  when k.exactly and k.is_called and k.value = k.current then 'equal'
                  when not k.exactly and (not k.is_called
                      or k.seqincrement > 0 and k.value <= k.current
                      or k.seqincrement < 0 and k.value >= k.current) then 'equal'
                  when not k.exactly
                      and (k.value::numeric - coalesce(k.current, k.seqstart)) % k.seqincrement <> 0
                      then 'shared'
                  when k.value not between k.seqmin and k.seqmax then 'narrow'
                  else 'set'
              end as verdict
          from known as k
      )
      select w.n, j.verdict,
          j.seqrelid::regclass::text as sequence,
          case when j.verdict = 'set' then setval(j.seqrelid, j.value, j.is_called) end
      from wanted as w
      left join judged as j on j.n = w.n
      where j.verdict is distinct from 'equal'
      """;

  private final TableMap map;
  private final boolean enabled;
  private final Set<TableName> mentioned = new HashSet<>();

  /**
   * Makes the sequences of a slave.
   *
   * @param map what a table or sequence of the master is called on the slave, and which are taken
   * @param enabled whether they are set at all
   */
  public SlaveSequences(TableMap map, boolean enabled) {
    this.map = map;
    this.enabled = enabled;
  }

  /**
   * Sets sequences, within the transaction that commits what they come with.
   *
   * @throws ConnectException if the role may not, or a sequence does not take the value
   */
  void set(Connection connection, List<SequenceValue> told) throws SQLException {
    var wanted = told.stream().filter(this::isTaken).toList();
    if (!enabled || wanted.isEmpty()) {
      return;
    }
    try (var statement = connection.prepareStatement(SET)) {
      bind(statement, wanted);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          judge(rows, wanted.get(rows.getInt("n") - 1));
        }
      }
    }
  }

  private boolean isTaken(SequenceValue sequence) {
    return map.takes(sequence.column().map(SequenceValue.Column::table).orElse(sequence.name()));
  }

  private void bind(PreparedStatement statement, List<SequenceValue> wanted) throws SQLException {
    var names = new ArrayLiteral();
    var owners = new ArrayLiteral();
    var columns = new ArrayLiteral();
    var values = new ArrayLiteral();
    var called = new ArrayLiteral();
    for (var sequence : wanted) {
      names.add(map.takes(sequence.name()) ? map.target(sequence.name()).toSql() : null);
      owners.add(sequence.column().map(c -> map.target(c.table()).toSql()).orElse(null));
      columns.add(sequence.column().map(SequenceValue.Column::name).orElse(null));
      values.add(Long.toString(sequence.value()));
      called.add(Boolean.toString(sequence.isCalled()));
    }
    var parameters = List.of(names, owners, columns, values, called);
    for (var i = 0; i < parameters.size(); i++) {
      statement.setString(i + 1, parameters.get(i).toString());
    }
  }

  private void judge(ResultSet row, SequenceValue wanted) throws SQLException {
    var verdict = row.getString("verdict");
    var sequence = row.getString("sequence");
    if (verdict == null) {
      mention(
          wanted,
          "The slave has no sequence for the master's {}{}: its value is not kept here",
          wanted.name(),
          wanted.column().map(c -> " of " + c.table() + "." + c.name()).orElse(""));
    } else if (verdict.equals("shared")) {
      mention(
          wanted,
          "Sequence {} steps through other numbers than the master's {}, and this database is a"
              + " master too: each keeps to its own",
          sequence,
          wanted.name());
    } else if (verdict.equals("forbidden")) {
      throw new ConnectException(
          "Cannot set sequence "
              + sequence
              + ": the role that the sink connects as may not. Run on the slave: grant select,"
              + " update on all sequences in schema <its schema> to <role>; and restart the sink. Or"
              + " set sequences.enabled=false, if this slave shall never become the master.");
    } else if (verdict.equals("narrow")) {
      throw new ConnectException(
          "Cannot set sequence "
              + sequence
              + " to "
              + wanted.value()
              + ", where the master's "
              + wanted.name()
              + " stands: its MINVALUE and MAXVALUE do not allow it. Run on the slave: alter"
              + " sequence "
              + sequence
              + " minvalue … maxvalue … as the master's are; and restart the sink.");
    }
  }

  private void mention(SequenceValue wanted, String message, Object... facts) {
    if (mentioned.add(wanted.name())) {
      LOG.info(message, facts);
    }
  }
}
