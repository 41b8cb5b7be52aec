package io.kreplica.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The processor time of a session's own process on the server, which is one of this machine. It is
 * the sum of user and system time that {@code /proc/PID/stat} tells in hundredths of a second, in
 * nanoseconds; what other processes do for the session, such as writing files, is not in it.
 */
final class BackendCpu {

  private final Path file;

  BackendCpu(Connection session) throws SQLException {
    try (var statement = session.createStatement();
        var pid = statement.executeQuery("select pg_backend_pid()")) {
      pid.next();
      file = Path.of("/proc", pid.getString(1), "schedstat");
    }
  }

  /** How much it has used since it was born; exact while the session is idle. */
  long nanos() {
    try {
      var told = Files.readString(file);
      return Long.parseLong(told.substring(0, told.indexOf(' ')));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read a process's time, as Linux tells it", e);
    }
  }
}
