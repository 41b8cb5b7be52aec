package io.kreplica.benchmark;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** PostgreSQL's own logical replication, with its defaults: a publication and a subscription. */
final class NativeReplication implements Replication {

  private final Laboratory laboratory;
  private final List<String> tables = new ArrayList<>();
  private boolean isSubscribed;

  NativeReplication(Laboratory laboratory) {
    this.laboratory = laboratory;
  }

  @Override
  public void install() {
    // PostgreSQL has it.
  }

  @Override
  public void track(List<String> tables) {
    this.tables.addAll(tables);
  }

  @Override
  public void start() throws SQLException {
    laboratory.executeOnMaster(
        "create publication benchmark for table " + String.join(",", tables));
    laboratory.executeOnSlave(
        String.format(
            "create subscription %s connection 'host=127.0.0.1 port=%d dbname=%s user=postgres'"
                + " publication benchmark",
            subscription(), laboratory.stack().master().port(), laboratory.database()));
    isSubscribed = true;
    laboratory.awaitOnSlave(
        "select where not exists (select from pg_subscription_rel where srsubstate <> 'r')");
  }

  @Override
  public void stop() throws SQLException {
    laboratory.executeOnSlave("alter subscription " + subscription() + " disable");
    laboratory.awaitOnMaster(
        "select where not exists (select from pg_replication_slots where active and database ="
            + " current_database())");
  }

  @Override
  public void resume() throws SQLException {
    laboratory.executeOnSlave("alter subscription " + subscription() + " enable");
  }

  @Override
  public void refuseFailure() throws SQLException {
    try (var slave = laboratory.onSlave();
        var statement = slave.createStatement();
        var errors =
            statement.executeQuery(
                "select sum(apply_error_count + sync_error_count) from pg_stat_subscription_stats"
                    + " where subname = '"
                    + subscription()
                    + "'")) {
      errors.next();
      if (errors.getLong(1) > 0) {
        throw new IllegalStateException(
            "The subscription has failed. See " + laboratory.stack().slave().log());
      }
    }
  }

  /** A name for a whole server: the slot on the master has it, too. */
  private String subscription() {
    return laboratory.database();
  }

  @Override
  public void close() throws SQLException {
    if (isSubscribed) {
      laboratory.executeOnSlave("drop subscription " + subscription());
    }
  }
}
