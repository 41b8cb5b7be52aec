package io.kreplica.source.master;

import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of tracked tables that were altered so that their triggers no longer fit: a column was
 * added whose values JSON or a session's settings would change, or a foreign key that changes rows.
 */
public final class RenewalCheck {

  private static final Logger LOG = LoggerFactory.getLogger(RenewalCheck.class);

  private static final String UNFIT =
      """
      select t.relation::text
      from replica.tracked_table t
      join pg_class c on c.oid = t.relation
      where t.untracked_at is null
        and not replica.triggers_fit(t)
      """;

  private RenewalCheck() {}

  /** Looks once. */
  public static void run(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(UNFIT)) {
      while (rows.next()) {
        LOG.warn(
            "{} was altered since it was tracked, and its triggers may log some values or cascades"
                + " wrongly. Run call replica.renew() on the master, and then"
                + " select replica.copy('{}').",
            rows.getString(1),
            rows.getString(1));
      }
    }
  }
}
