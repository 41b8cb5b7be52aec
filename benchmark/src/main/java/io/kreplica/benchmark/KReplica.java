package io.kreplica.benchmark;

import io.kreplica.stack.ConnectorConfig;
import io.kreplica.stack.Installation;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** This project's replication, with the settings of {@code config/}. */
final class KReplica implements Replication {

  private final Laboratory laboratory;
  private final ConnectorPair connectors;

  KReplica(Laboratory laboratory) {
    this.laboratory = laboratory;
    this.connectors = new ConnectorPair(laboratory);
  }

  @Override
  public void install() throws SQLException {
    var stack = laboratory.stack();
    Installation.onMaster(stack.master(), laboratory.database(), Installation.Tool.JDBC);
    Installation.onSlave(stack.slave(), laboratory.database(), Installation.Tool.JDBC);
  }

  @Override
  public void track(List<String> tables) throws SQLException {
    for (var table : tables) {
      laboratory.executeOnMaster("select replica.track('" + table + "')");
    }
  }

  @Override
  public void start() throws SQLException {
    connectors.start(source(), sink());
    laboratory.awaitOnMaster("select from replica.status where pending_copies = 0");
  }

  private Map<String, String> source() {
    return ConnectorConfig.source(
        laboratory.stack().master().url(laboratory.database()), laboratory.topic());
  }

  private Map<String, String> sink() {
    return ConnectorConfig.sink(
        laboratory.stack().slave().url(laboratory.database()), laboratory.topic());
  }

  @Override
  public void stop() {
    connectors.stop();
  }

  @Override
  public void resume() {
    connectors.resume();
  }

  @Override
  public void refuseFailure() {
    connectors.refuseFailure();
  }

  @Override
  public void close() {
    connectors.delete();
  }
}
