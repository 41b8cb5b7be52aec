package io.kreplica.security;

import static org.awaitility.Awaitility.await;

import io.kreplica.security.Authority.Identity;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.Directories;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A server that takes nobody but the superuser without TLS, and the ways to reach it. */
public final class SecureServer implements AutoCloseable {

  /** A role that shows a certificate and no password. */
  public static final String CERTIFIED = "certified_login";

  /** A role that has to show the server its password itself. */
  public static final String SHOWN = "shown_login";

  private static final Path DIRECTORY = Directories.createTemporary("kreplica-tls-");
  private static final Authority AUTHORITY =
      Authority.create(DIRECTORY.resolve("own"), "authority");

  public static final Identity SERVER = AUTHORITY.ofServer("localhost");
  public static final Identity LOGIN = AUTHORITY.ofLogin(CERTIFIED);

  /** Somebody who says to be that login, or the server, by a certificate that he made himself. */
  public static final Identity STRANGER =
      Authority.create(DIRECTORY.resolve("other"), CERTIFIED).self();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> Directories.delete(DIRECTORY), "delete-keys"));
  }

  private final PostgresServer postgres;
  private final Path shown;

  private SecureServer(PostgresServer postgres, Path shown) {
    this.postgres = postgres;
    this.shown = shown;
  }

  public static SecureServer start(PostgresVersion version) throws IOException {
    var shown = Files.createTempDirectory(DIRECTORY, version.name());
    Files.copy(SERVER.certificate(), shown.resolve("server.crt"));
    Files.copy(SERVER.pemKey(), shown.resolve("server.key"));
    var postgres =
        PostgresServer.builder(version)
            .setting("fsync", "off")
            .setting("ssl", "on")
            .setting("ssl_ca_file", AUTHORITY.self().certificate().toString())
            .setting("ssl_cert_file", shown.resolve("server.crt").toString())
            .setting("ssl_key_file", shown.resolve("server.key").toString())
            .setting("password_encryption", "scram-sha-256")
            .accessRules(
                "host all postgres samehost trust",
                "hostssl all " + CERTIFIED + " samehost cert",
                "hostssl all " + SHOWN + " samehost password",
                "hostssl all all samehost scram-sha-256")
            .start();
    return new SecureServer(postgres, shown);
  }

  public PostgresServer postgres() {
    return postgres;
  }

  /**
   * A URL by which the server is verified.
   *
   * @param host with a port, if it is not the server's own
   * @param parameters those that differ or are added
   */
  public String url(String host, String database, String... parameters) {
    var all = new ArrayList<String>();
    if (Stream.of(parameters).noneMatch(parameter -> parameter.startsWith("sslmode="))) {
      all.add("sslmode=verify-full");
    }
    if (Stream.of(parameters).noneMatch(parameter -> parameter.startsWith("sslrootcert="))) {
      all.add("sslrootcert=" + AUTHORITY.self().certificate());
    }
    all.addAll(List.of(parameters));
    return "jdbc:postgresql://"
        + (host.contains(":") ? host : host + ":" + postgres.port())
        + "/"
        + database
        + "?"
        + String.join("&", all);
  }

  /** From now on the server shows this certificate to those who connect. */
  public void show(Identity identity) throws SQLException, IOException {
    Files.write(shown.resolve("server.crt"), Files.readAllBytes(identity.certificate()));
    Files.write(shown.resolve("server.key"), Files.readAllBytes(identity.pemKey()));
    try (var session = postgres.connect("postgres")) {
      MasterFixture.rows(session, "select pg_reload_conf()");
    }
    var signer = identity.equals(SERVER) ? AUTHORITY.self() : identity;
    var url =
        url(
            "localhost",
            "postgres",
            "sslmode=verify-ca",
            "sslrootcert=" + signer.certificate(),
            "user=postgres");
    await().until(() -> isOpen(url));
  }

  private static boolean isOpen(String url) {
    try (var session = DriverManager.getConnection(url)) {
      return !session.isClosed();
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void close() {
    postgres.close();
  }
}
