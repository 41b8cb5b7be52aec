package io.kreplica.source.event;

import java.sql.SQLException;
import java.util.Optional;

/** Describes the tables that log rows name. */
interface TableCatalog {

  /** The table of a number in the log, if it is known; without columns if it was dropped. */
  Optional<TrackedTable> table(int id) throws SQLException;
}
