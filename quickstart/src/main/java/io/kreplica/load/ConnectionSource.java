package io.kreplica.load;

import java.sql.Connection;
import java.sql.SQLException;

/** Opens sessions of one database. */
@FunctionalInterface
public interface ConnectionSource {

  /** Opens an autocommit session. */
  Connection open() throws SQLException;
}
