package io.kreplica.benchmark;

import io.kreplica.stack.DatabaseServer;
import java.util.List;

/** No trigger at all: what the others' cost is counted from. */
final class NoCapture implements Capture {

  @Override
  public String title() {
    return "no trigger";
  }

  @Override
  public void track(DatabaseServer server, String database, List<String> tables) {
    // Nothing is noted.
  }
}
