package io.kreplica.source.read;

import java.sql.SQLException;

/** A text that comes piece by piece, because it may be too large to be held whole. */
@FunctionalInterface
public interface TextPieces {

  /** The next piece; null behind the last. */
  String next() throws SQLException;
}
