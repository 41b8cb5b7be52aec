package io.kreplica.postgres;

import java.io.EOFException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.postgresql.util.GT;
import org.postgresql.util.PSQLException;

/**
 * Why no session can be had, with the setting to look at and the remedy. All but the first need a
 * person: a certificate that is not trusted, or a password that is not accepted, is no outage.
 */
public enum ConnectFault {
  /** The server is away, or what is the matter has nothing to do with connecting. */
  UNREACHABLE(
      "connection.url",
      "Check connection.url, and that the server runs and can be reached from here."),
  NO_DATABASE("connection.url", "Check the database's name in connection.url."),
  NO_TLS(
      "connection.url",
      "Let the server offer TLS (ssl = on), or change sslmode in connection.url."),
  UNTRUSTED(
      "connection.url",
      "Let sslrootcert in connection.url name the certificate of the authority that signed the"
          + " server's, and look whether one of the two has expired."),
  OTHER_NAME(
      "connection.url",
      "Name the host in connection.url as the server's certificate does, or have one made out for"
          + " this name."),
  UNREADABLE(
      "connection.url",
      "Check sslrootcert, sslcert and sslkey in connection.url: the worker must be able to read"
          + " these files, and nobody else the key; certificates are PEM, a key is PKCS-8 in DER or,"
          + " with its certificate, PKCS-12."),
  NO_AGREEMENT(
      "connection.url",
      "Compare the parameters in connection.url, such as sslcert, sslkey and channelBinding, with"
          + " what the server offers and accepts; its log may say more."),
  POOLER("connection.url", "Connect to PostgreSQL itself, or to a pooler in session mode."),
  NO_PASSWORD("connection.password", "Set connection.password."),
  WRONG_PASSWORD("connection.password", "Check connection.user and connection.password."),
  NO_LOGIN(
      "connection.user",
      "Check connection.user, its certificate (sslcert in connection.url) if it has one, and the"
          + " server's pg_hba.conf.");

  private static final String DRIVER_REFUSES = "08004";
  private static final String DRIVER_FAILS = "08006";

  /** What breaks on the way, also in the middle of a handshake. */
  private static final List<Class<? extends Exception>> BREAKS =
      List.of(SocketException.class, InterruptedIOException.class, EOFException.class);

  private static final List<Class<? extends Exception>> CERTIFICATES =
      List.of(
          CertificateException.class,
          CertPathBuilderException.class,
          CertPathValidatorException.class);

  private final String setting;
  private final String remedy;

  ConnectFault(String setting, String remedy) {
    this.setting = setting;
    this.remedy = remedy;
  }

  /** The fault that a failure to open a session shows. */
  public static ConnectFault of(SQLException e) {
    if (e instanceof RefusedSessionException refused) {
      return refused.fault();
    }
    var state = e.getSQLState() == null ? "" : e.getSQLState();
    if (state.equals("28P01")) {
      return WRONG_PASSWORD;
    }
    if (state.startsWith("28")) {
      return NO_LOGIN;
    }
    return state.equals("3D000") ? NO_DATABASE : UNREACHABLE;
  }

  /**
   * The fault that the driver itself has found, which it tells with the states of a connection that
   * broke; the first of them if it was none, or if the server has spoken.
   */
  static ConnectFault ofDriver(SQLException e, boolean hasPassword) {
    if (e instanceof PSQLException answer && answer.getServerErrorMessage() != null) {
      return UNREACHABLE;
    }
    var state = e.getSQLState();
    if (DRIVER_REFUSES.equals(state)) {
      if (GT.tr("The server does not support SSL.").equals(e.getMessage())) {
        return NO_TLS;
      }
      return hasPassword ? NO_AGREEMENT : NO_PASSWORD;
    }
    if (isCausedBy(e, BREAKS)) {
      return UNREACHABLE;
    }
    if (isCausedBy(e, List.of(SSLException.class))) {
      return isCausedBy(e, CERTIFICATES) ? UNTRUSTED : NO_AGREEMENT;
    }
    if (!DRIVER_FAILS.equals(state)) {
      return UNREACHABLE;
    }
    // Whatever the driver's language, it names the class that has looked at the host's name.
    return e.getMessage().contains("HostnameVerifier") ? OTHER_NAME : UNREADABLE;
  }

  private static boolean isCausedBy(SQLException e, List<Class<? extends Exception>> kinds) {
    return Stream.iterate(e.getCause(), cause -> cause != null, Throwable::getCause)
        .limit(20)
        .anyMatch(cause -> kinds.stream().anyMatch(kind -> kind.isInstance(cause)));
  }

  /** The name of the setting to look at, {@code connection.url} and its like. */
  public String setting() {
    return setting;
  }

  /** The failure as a sentence, with the remedy. */
  public static String describe(SessionFactory sessions, SQLException e) {
    return "Cannot connect to " + sessions + ": " + ServerMessage.describe(e) + ". " + of(e).remedy;
  }
}
