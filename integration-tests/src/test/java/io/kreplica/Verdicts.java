package io.kreplica;

import io.kreplica.sink.SlaveFixture;
import java.sql.SQLException;
import java.util.List;

/** What a slave's {@code replica.verification} says. */
final class Verdicts {

  private Verdicts() {}

  /** The verdict on a table of the slave, and why it was not compared, if it was not. */
  static String of(SlaveFixture slave, String table) throws SQLException {
    return slave
        .rows(
            "select concat_ws(': ', verdict, not_compared) from replica.verification"
                + " where slave_table = '"
                + table
                + "'")
        .get(0);
  }

  /** The ranges that differ: their ends, and how many rows master and slave have in them. */
  static List<String> differences(SlaveFixture slave) throws SQLException {
    return slave.rows(
        "select from_key, to_key, master_rows, slave_rows from replica.differing_range"
            + " order by verified_at");
  }
}
