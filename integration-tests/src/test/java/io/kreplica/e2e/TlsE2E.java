package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kreplica.security.SecureServer;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.ConnectRestException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A master and a slave that take nobody without TLS, and a password or a certificate with it,
 * replicated on a real worker.
 */
@Tag("e2e")
class TlsE2E {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String UNTRUSTED = "unable to find valid certification path";
  private static final String SESSIONS =
      "select distinct a.usename, s.ssl, coalesce(s.client_dn, 'none') from pg_stat_ssl s"
          + " join pg_stat_activity a using (pid)"
          + " where a.application_name like 'kreplica-%' and a.datname = current_database()";

  private static Backend backend;
  private static SecureServer ofMaster;
  private static SecureServer ofSlave;

  @BeforeAll
  static void startServers() throws Exception {
    backend = SharedBackend.get();
    ofMaster = SecureServer.start(EmbeddedDatabase.version());
    ofSlave = SecureServer.start(EmbeddedDatabase.version());
  }

  @AfterAll
  static void stopServers() {
    ofMaster.close();
    ofSlave.close();
  }

  @Test
  void rowsTravelWithScramBoundToTheChannelAndThenWithCertificates() throws Exception {
    try (var replication = replication("encrypted")) {
      replication.start(Map.of());
      replication.writeAndAwaitEqual();
      assertSessions(replication, "replica_source_login|t|none", "replica_sink_login|t|none");

      replication.executeOnMaster(
          "create role " + SecureServer.CERTIFIED + " login in role replica_source");
      replication.executeOnSlave(
          "create role " + SecureServer.CERTIFIED + " login in role replica_sink");
      replication.executeOnSlave(
          "alter role " + SecureServer.CERTIFIED + " set session_replication_role = replica");
      backend.rest().configure(replication.source(), certified(replication.sourceConfig()));
      backend.rest().configure(replication.sink(), certified(replication.sinkConfig()));
      var certified = SecureServer.CERTIFIED + "|t|/CN=" + SecureServer.CERTIFIED;
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertSessions(replication, certified, certified));
      replication.writeAndAwaitEqual();
    }
  }

  private static Replication replication(String name) throws SQLException {
    return new Replication(
        backend, new SecureDatabase(ofMaster), new SecureDatabase(ofSlave), name);
  }

  private static void assertSessions(Replication replication, String ofSource, String ofSink)
      throws SQLException {
    try (var master = replication.onMaster();
        var slave = replication.onSlave()) {
      assertThat(MasterFixture.rows(master, SESSIONS)).containsExactly(ofSource);
      assertThat(MasterFixture.rows(slave, SESSIONS)).containsExactly(ofSink);
    }
  }

  /** With the login that shows a certificate, and without a password. */
  private static Map<String, String> certified(Map<String, String> config) {
    config.remove("connection.password");
    config.put("connection.user", SecureServer.CERTIFIED);
    var login = SecureServer.LOGIN;
    var shown = "sslcert=" + login.certificate() + "&sslkey=" + login.derKey();
    config.computeIfPresent(
        "connection.url", (name, url) -> url.replace(SecureDatabase.BOUND, shown));
    return config;
  }

  /** The URL, trusting an authority that has not signed the server's certificate. */
  private static Map<String, String> stranger(Map<String, String> config) {
    var url = config.get("connection.url");
    var trusted = "sslrootcert=" + SecureServer.STRANGER.certificate();
    return Map.of("connection.url", url.replaceFirst("sslrootcert=[^&]*", trusted));
  }

  @Test
  void serversThatAreNotTrustedAreRefusedWhenConnectorsAreCreatedAndWhenTheyConnectAgain()
      throws Exception {
    try (var replication = replication("untrusted")) {
      replication.track(Shop.TABLES);
      assertThatThrownBy(() -> replication.startSource(stranger(replication.sourceConfig())))
          .isInstanceOf(ConnectRestException.class)
          .hasMessageContainingAll("400", UNTRUSTED, "Let sslrootcert in connection.url name");
      assertThatThrownBy(() -> replication.startSink(stranger(replication.sinkConfig())))
          .isInstanceOf(ConnectRestException.class)
          .hasMessageContainingAll("400", UNTRUSTED, "Let sslrootcert in connection.url name");
      replication.startSource(Map.of());
      replication.startSink(Map.of());
      replication.writeAndAwaitEqual();

      ofSlave.show(SecureServer.STRANGER);
      replication.endSessions();
      replication.write();
      assertStopped(replication, replication.sink());
      ofMaster.show(SecureServer.STRANGER);
      replication.endSessions();
      assertStopped(replication, replication.source());

      ofMaster.show(SecureServer.SERVER);
      ofSlave.show(SecureServer.SERVER);
      replication.restartMended(replication.source());
      replication.restartMended(replication.sink());
      replication.writeAndAwaitEqual();
    }
  }

  private static void assertStopped(Replication replication, String connector) {
    assertThat(replication.awaitFailed(connector))
        .contains("Cannot connect to jdbc:postgresql://localhost:", UNTRUSTED)
        .contains("Let sslrootcert in connection.url name", "Then restart the task.");
  }
}
