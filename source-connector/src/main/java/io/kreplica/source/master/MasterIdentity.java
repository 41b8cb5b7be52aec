package io.kreplica.source.master;

import io.kreplica.postgres.SqlStates;
import io.kreplica.record.LogPosition;
import io.kreplica.source.offset.SourceOffset;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Which log on which cluster the source is connected to, and whether that log goes on from where
 * the source has read. A master that went back in time (restored from a backup, or promoted from a
 * standby that lagged) may lack changes that are on the slaves already, and will use their
 * transaction ids again: reading on would pass that over silently.
 *
 * @param log identity of the log
 * @param system system identifier of the cluster
 * @param timeline timeline of the cluster
 * @param now the cluster's present position
 * @param confirmed the position that the master knows to be acknowledged, or the beginning
 * @param topic the topic that the log was last read to, if it was
 */
public record MasterIdentity(
    String log,
    long system,
    int timeline,
    LogPosition now,
    LogPosition confirmed,
    Optional<String> topic) {

  /** The version of the SQL script that this connector works with. */
  public static final int SCHEMA_VERSION = 2;

  /** The oldest PostgreSQL that has {@code pg_snapshot} and {@code xid8}. */
  static final int OLDEST_SERVER_VERSION = 130_000;

  private static final String RESTART_LOG =
      "Run select replica.restart_log() on the master and follow its answer.";

  /** Asked for by itself: an older script may lack what the rest asks for. */
  private static final String VERSION_QUERY = "select schema_version from replica.log_state";

  private static final String QUERY =
      """
      select s.log_id::text, s.system_identifier, c.system_identifier,
             ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::integer,
             pg_current_snapshot()::text, s.confirmed::text,
             s.database::bigint, d.oid::bigint, d.datname,
             s.own_oid <> 'replica.log_state'::regclass::oid, s.topic
      from replica.log_state s, pg_control_system() c, pg_database d
      where d.datname = current_database()
      """;

  /**
   * Reads the identity.
   *
   * @throws ConnectException if this is not a master with KReplica's script of the right version;
   *     the message names the remedy
   */
  public static MasterIdentity read(Connection connection) throws SQLException {
    refuseUnfitServer(connection);
    refuseOtherVersion(connection);
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(QUERY)) {
      row.next();
      refuseOtherCluster(row.getLong(2), row.getLong(3));
      refuseOtherDatabase(row.getLong(7), row.getLong(8), row.getString(9));
      refuseRestored(row.getBoolean(10));
      return new MasterIdentity(
          row.getString(1),
          row.getLong(3),
          row.getInt(4),
          LogPosition.parse(row.getString(5)),
          row.getString(6) == null ? LogPosition.BEGINNING : LogPosition.parse(row.getString(6)),
          Optional.ofNullable(row.getString(11)));
    }
  }

  private static void refuseUnfitServer(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "select current_setting('server_version_num')::integer,"
                    + " current_setting('server_version'), pg_is_in_recovery()")) {
      row.next();
      if (row.getInt(1) < OLDEST_SERVER_VERSION) {
        throw new ConnectException(
            "Cannot read the log: the master is PostgreSQL "
                + row.getString(2)
                + ", and KReplica needs 13 or later. Upgrade it.");
      }
      if (row.getBoolean(3)) {
        throw new ConnectException(
            "Cannot read the log: the server is a standby, where triggers do not write and LISTEN is"
                + " refused. Connect to the primary.");
      }
    }
  }

  private static void refuseOtherVersion(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(VERSION_QUERY)) {
      if (!row.next()) {
        throw new ConnectException(
            "Cannot read the log: replica.log_state is empty. Run sql/master/install.sql again.");
      }
      refuseOtherVersion(row.getInt(1));
    } catch (SQLException e) {
      if (SqlStates.is(e, SqlStates.UNDEFINED_TABLE) || SqlStates.is(e, SqlStates.INVALID_SCHEMA)) {
        throw new ConnectException(
            "Cannot read the log: KReplica is not installed in this database. Run psql -f"
                + " sql/master/install.sql there, or set auto.install=true.",
            e);
      }
      throw e;
    }
  }

  private static void refuseOtherVersion(int installed) {
    if (installed < SCHEMA_VERSION) {
      throw new ConnectException(
          "Cannot read the log: the master's script is of version "
              + installed
              + ", this connector needs "
              + SCHEMA_VERSION
              + ". Run its sql/master/install.sql on the master, where applications may go on"
              + " writing, or set auto.install=true; the log is kept.");
    }
    if (installed > SCHEMA_VERSION) {
      throw new ConnectException(
          "Cannot read the log: the master's script is of version "
              + installed
              + ", this connector knows "
              + SCHEMA_VERSION
              + ". Install a connector of the master's version.");
    }
  }

  private static void refuseOtherCluster(long installedOn, long present) {
    if (installedOn != present) {
      throw new ConnectException(
          "Cannot read the log: it was written in cluster "
              + installedOn
              + " and restored into cluster "
              + present
              + ", where transaction ids start anew. "
              + RESTART_LOG);
    }
  }

  /** Transaction ids are the cluster's, so that a copy's log would seem to go on. */
  private static void refuseOtherDatabase(long writtenIn, long present, String name) {
    if (writtenIn != present) {
      throw new ConnectException(
          "Cannot read the log: it was written in the database with oid "
              + writtenIn
              + ", and database "
              + name
              + " with oid "
              + present
              + " is a copy of it in the same cluster. Connect to the original; or, to replicate the"
              + " copy by itself: "
              + RESTART_LOG);
    }
  }

  /** A dump of the same database: everything else is as it was, but for what it lacks. */
  private static void refuseRestored(boolean isRestored) {
    if (isRestored) {
      throw new ConnectException(
          "Cannot read the log: it was restored from a dump, and may lack what was sent since that was"
              + " made. "
              + RESTART_LOG);
    }
  }

  /** Where a source without offsets starts. */
  public SourceOffset startAt(LogPosition position) {
    return new SourceOffset(log, system, timeline, position, Optional.empty());
  }

  /**
   * The offset to go on from.
   *
   * @param offset where the source stopped
   * @param acceptedTimeline a timeline of which the operator says that nothing was lost
   * @throws ConnectException if the master's log does not go on from there; the message names both
   *     and the remedy
   */
  public SourceOffset resume(SourceOffset offset, int acceptedTimeline) {
    if (!offset.log().equals(log)) {
      throw wentBack(
          "the offset belongs to log " + offset.log() + ", and the master's log is " + log,
          "If that is meant, stop the connector and DELETE its offsets through the REST API; the"
              + " tables are then copied again, best to a new topic.");
    }
    if (offset.system() != system) {
      throw wentBack(
          "the offset is of cluster " + offset.system() + ", and the master is " + system,
          RESTART_LOG);
    }
    if (offset.timeline() > timeline || offset.furthest().xmax() > now.xmax()) {
      throw wentBack(
          String.format(
              "it was read on timeline %d up to %s, and the master is on timeline %d at %s",
              offset.timeline(), offset.furthest(), timeline, now),
          RESTART_LOG);
    }
    if (offset.timeline() == timeline && !confirmed.containsAll(offset.confirmed())) {
      throw wentBack(
          String.format(
              "the master had noted that everything up to %s was acknowledged, and knows only of %s"
                  + " now: its disk is an older one, and changes were lost",
              offset.confirmed(), confirmed),
          RESTART_LOG);
    }
    if (offset.timeline() < timeline
        && acceptedTimeline != timeline
        && !confirmed.containsAll(offset.furthest())) {
      throw wentBack(
          String.format(
              "it was read on timeline %d up to %s, and the master, now on timeline %d, knows only of"
                  + " %s: changes may have been lost in a failover",
              offset.timeline(), offset.furthest(), timeline, confirmed),
          "If you know that none were, set accept.timeline="
              + timeline
              + ". If not: "
              + RESTART_LOG);
    }
    return offset.onTimeline(timeline);
  }

  /**
   * Checks that no other topic has what this one lacks: the log is pruned of what was sent to any.
   *
   * @param offset where the source stopped
   * @param own the topic that it sends to
   * @throws ConnectException if the log was read on to another topic; the message names both
   */
  public void refuseOtherTopic(SourceOffset offset, String own) {
    if (topic.isPresent()
        && !topic.get().equals(own)
        && !offset.position().containsAll(confirmed)) {
      throw wentBack(
          String.format(
              "topic '%s' has it up to %s, and it was read on up to %s to topic '%s', behind which"
                  + " it is pruned",
              own, offset.position(), confirmed, topic.get()),
          "Send to that topic; or: " + RESTART_LOG);
    }
  }

  private static ConnectException wentBack(String facts, String remedy) {
    return new ConnectException("Cannot go on reading the log: " + facts + ". " + remedy);
  }
}
