package io.kreplica.e2e;

import java.sql.Connection;
import java.sql.SQLException;

/** A PostgreSQL server that a test may end and start again, wherever it runs. */
interface Database extends AutoCloseable {

  /** The JDBC URL of one of its databases, as the worker and the test reach it. */
  String url(String database);

  /** Opens an autocommit session of the superuser. */
  Connection connect(String database) throws SQLException;

  /** Shuts down in good order. */
  void stop();

  /** Ends on the spot, as a crash of the machine would. */
  void kill();

  /** Starts again on the same data and under the same address. */
  void restart();

  @Override
  void close();
}
