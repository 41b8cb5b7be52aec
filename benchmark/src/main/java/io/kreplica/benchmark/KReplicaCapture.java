package io.kreplica.benchmark;

import io.kreplica.stack.DatabaseServer;
import io.kreplica.stack.Installation;
import java.sql.SQLException;
import java.util.List;

/** This project's triggers, while the source is awake or away: nobody is notified. */
final class KReplicaCapture implements Capture {

  @Override
  public String title() {
    return "KReplica";
  }

  @Override
  public void track(DatabaseServer server, String database, List<String> tables)
      throws SQLException {
    try (var connection = server.connect(database);
        var track = connection.prepareStatement("select replica.track(?::regclass)")) {
      Installation.onMaster(connection);
      for (var table : tables) {
        track.setString(1, table);
        track.execute();
      }
    }
  }
}
