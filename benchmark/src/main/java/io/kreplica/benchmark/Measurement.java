package io.kreplica.benchmark;

import java.sql.SQLException;
import java.util.List;

/** One thing to measure, in a laboratory of its own. */
interface Measurement {

  /** Its name on the command line. */
  String name();

  /** What it measures, for the table. */
  String title();

  List<Figure> run(Laboratory laboratory) throws SQLException;
}
