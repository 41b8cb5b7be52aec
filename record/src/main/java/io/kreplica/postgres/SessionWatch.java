package io.kreplica.postgres;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Gives a session up whose other end is gone without a word, and none that is merely slow. When
 * nothing has been heard for a while where something is due, it asks the server over another
 * session: whether the first one's backend is at work. If it waits for its client itself, as that
 * client waits for it, what one of them has sent is lost; and if nobody can be asked, the server is
 * gone. Then the connection is closed, and whoever waits on it gets the error of a broken
 * connection. A backend at work is left to it, however long it takes. Has a thread of its own,
 * which ends with the session.
 */
final class SessionWatch {

  private static final Logger LOG = LoggerFactory.getLogger(SessionWatch.class);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  /** What is known of a backend. */
  private enum State {
    AT_WORK,
    WAITS_FOR_CLIENT,
    GONE,
    /** The server answers, but opens no session to ask over. */
    UNKNOWN
  }

  private final SessionFactory sessions;
  private final WatchedSocket socket;
  private final int backend;
  private final Duration patience;

  /** The wait in which the backend was found waiting as well, if one was. */
  private long doubted;

  private SessionWatch(SessionFactory sessions, WatchedSocket socket, int backend) {
    this.sessions = sessions;
    this.socket = socket;
    this.backend = backend;
    this.patience = sessions.patience();
  }

  /**
   * Watches over a session from now on.
   *
   * @param backend the process id of its backend
   */
  static void start(SessionFactory sessions, WatchedSocket socket, int backend) {
    var watch = new SessionWatch(sessions, socket, backend);
    // Connect's log context (which connector, which task) belongs to the thread; hand it on.
    var context = MDC.getCopyOfContextMap();
    var thread =
        new Thread(
            () -> {
              MDC.setContextMap(context == null ? Map.of() : context);
              watch.watch();
            },
            "kreplica-watch-" + backend);
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    var pause = shorter(patience.dividedBy(4), LONGEST_PAUSE);
    while (!socket.isClosed()) {
      LockSupport.parkNanos(pause.toNanos());
      if (socket.silence().compareTo(patience) >= 0) {
        look();
      }
    }
  }

  /** Looks what has become of the backend; nobody else is in a hurry on this thread. */
  private void look() {
    var wait = socket.waitingSince();
    switch (askServer()) {
      case AT_WORK, UNKNOWN -> LockSupport.parkNanos(patience.toNanos());
      case WAITS_FOR_CLIENT -> {
        // The answer may have left just now; it has until the next look to arrive.
        if (doubted == wait) {
          giveUp(wait, "its backend " + backend + " waits for us as well");
        }
        doubted = wait;
      }
      case GONE -> giveUp(wait, "the server is not to be reached, or its backend has ended");
    }
  }

  private State askServer() {
    try (var connection = sessions.openToAsk();
        var statement =
            connection.prepareStatement(
                "select wait_event_type is not distinct from 'Client' from pg_stat_activity"
                    + " where pid = ?")) {
      statement.setInt(1, backend);
      try (var row = statement.executeQuery()) {
        if (!row.next()) {
          return State.GONE;
        }
        return row.getBoolean(1) ? State.WAITS_FOR_CLIENT : State.AT_WORK;
      }
    } catch (SQLException e) {
      LOG.debug("Cannot ask after backend {}: {}", backend, e.getMessage());
      return SqlStates.isConnectionLost(e) ? State.GONE : State.UNKNOWN;
    }
  }

  private void giveUp(long wait, String why) {
    if (socket.waitingSince() != wait || socket.silence().compareTo(patience) < 0) {
      return;
    }
    LOG.warn(
        "{} has been silent for {} s: {}. Giving up this connection",
        sessions,
        socket.silence().toSeconds(),
        why);
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("The connection was gone already: {}", e.getMessage());
    }
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
