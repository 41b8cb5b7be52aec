package io.kreplica.benchmark;

import java.sql.SQLException;
import java.util.List;

/** One thing to measure. */
interface Measurement {

  /** Its name on the command line. */
  String name();

  /** What it measures, for the table. */
  String title();

  /** Measures KReplica, and then those peers that the stand has. */
  List<Findings> take(Stand stand) throws SQLException;
}
