package io.kreplica.benchmark;

import io.kreplica.stack.DatabaseServer;
import java.sql.SQLException;
import java.util.List;

/** A way to note, within an application's transaction, which rows it changes. */
interface Capture {

  String title();

  /** Lets a database, where there was none before, note the changes of these tables. */
  void track(DatabaseServer server, String database, List<String> tables) throws SQLException;
}
