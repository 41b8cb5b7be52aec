package io.kreplica.source.master;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * How large the log is, and what that has led to.
 *
 * @param bytes what it takes on disk, its index included; 0 until it is known
 * @param limitBytes what it may take; -1 if there is no limit
 * @param tablesLetGo how many tables are not logged for now because it had grown beyond that
 */
public record LogSize(long bytes, long limitBytes, long tablesLetGo) {

  /** Before anybody has looked. */
  public static final LogSize UNKNOWN = new LogSize(0, -1, 0);

  private static final String LOOK =
      """
      select pg_total_relation_size('replica.replica_log'), coalesce(s.log_limit_bytes, -1),
             (select count(*)
              from replica.tracked_table t
              where t.untracked_at is null and t.let_go_at is not null)
      from replica.log_state s
      """;

  static LogSize read(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(LOOK)) {
      row.next();
      return new LogSize(row.getLong(1), row.getLong(2), row.getLong(3));
    }
  }
}
