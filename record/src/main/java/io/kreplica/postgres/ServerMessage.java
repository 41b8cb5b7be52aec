package io.kreplica.postgres;

import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What PostgreSQL has said of a failure, in words that may be logged and shown to whoever may see a
 * connector's status: names and states, but no value of a row. The server's detail, context and
 * query are left out, as they hold rows; and of its message what it may quote of them.
 */
public final class ServerMessage {

  /** What messages put before or around a value, in the languages that the server speaks. */
  private static final Pattern BEFORE_A_VALUE = Pattern.compile("[\"«»„“”‟‘’‚「『《'`]");

  /** The rest of a message, if it is words only. */
  private static final Pattern WORDS = Pattern.compile("[\\p{L} ()]*");

  private static final String RAISED_BY = "exec_stmt_raise";

  private ServerMessage() {}

  /** The failure in a few words, with its SQLSTATE and what it concerns. */
  public static String describe(SQLException e) {
    var state = e.getSQLState() == null ? "no SQLSTATE" : "SQLSTATE " + e.getSQLState();
    var server = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
    if (server == null) {
      return e.getMessage() + " (" + state + ")";
    }
    var text =
        new StringBuilder(message(server.getMessage(), e.getSQLState(), server.getRoutine()));
    text.append(" (").append(state);
    if (server.getConstraint() != null) {
      text.append(", constraint ").append(server.getConstraint());
    }
    if (server.getColumn() != null) {
      text.append(", column ").append(server.getColumn());
    }
    return text.append(')').toString();
  }

  /** What KReplica's own functions advise, if it is they who have raised the failure. */
  public static Optional<String> advice(SQLException e) {
    var server = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
    return server == null || !isOurs(server)
        ? Optional.empty()
        : Optional.ofNullable(server.getHint());
  }

  private static boolean isOurs(ServerErrorMessage server) {
    return RAISED_BY.equals(server.getRoutine())
        && server.getMessage() != null
        && server.getMessage().startsWith("Cannot ");
  }

  /**
   * The failure as a cause to hand on: with its place in the code, and nothing that {@link
   * #describe} leaves out.
   */
  public static SQLException withoutValues(SQLException e) {
    var safe = new SQLException(describe(e), e.getSQLState());
    safe.setStackTrace(e.getStackTrace());
    return safe;
  }

  private static String message(String message, String state, String routine) {
    if (message == null || state == null) {
      return "no message";
    }
    if (state.startsWith("P0") || RAISED_BY.equals(routine)) {
      // KReplica's own functions speak of names only.
      return message.startsWith("Cannot ") ? message : "an exception raised by a function";
    }
    return quotesNamesOnly(state) ? message : withoutQuotation(message);
  }

  /** Integrity, logins, databases, names and rights, full disks, interventions of an operator. */
  private static boolean quotesNamesOnly(String state) {
    return state.startsWith("23")
        || state.startsWith("28")
        || state.startsWith("3D")
        || state.startsWith("42")
        || state.startsWith("53")
        || state.startsWith("57");
  }

  private static String withoutQuotation(String message) {
    var matcher = BEFORE_A_VALUE.matcher(message);
    if (!matcher.find()) {
      return message;
    }
    var rest = message.substring(message.lastIndexOf('"') + 1);
    return message.substring(0, matcher.start())
        + "\"…\""
        + (message.charAt(matcher.start()) == '"' && WORDS.matcher(rest).matches() ? rest : "");
  }
}
