package io.kreplica.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kreplica.SharedPostgres;
import io.kreplica.stack.PostgresVersion;
import io.kreplica.stack.TcpProxy;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Both connectors reach servers that take only connections with TLS, by password or by certificate,
 * and refuse servers that are not certain to be the ones that were meant: at validation, when their
 * tasks start and when they connect again. None of that is waited out as if it were an outage.
 */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class TlsIT {

  private static SecureMirror secure;

  private final PostgresVersion version;

  TlsIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeParameterizedClassInvocation
  static void startServer(PostgresVersion version) throws Exception {
    secure = SecureMirror.on(version);
  }

  @AfterParameterizedClassInvocation
  static void stopServer() throws Exception {
    secure.close();
  }

  @Test
  void rowsTravelOverConnectionsWithAVerifiedServerAndScramBoundToTheChannel() throws Exception {
    secure.reach(database -> secure.url("localhost", database, "channelBinding=require"));
    assertThat(secure.validationErrors()).isEmpty();

    secure.replicateARow();

    assertThat(secure.connections()).containsOnly("source_login|t|null", "sink_login|t|null");
    assertThat(
            secure
                .mirror()
                .master()
                .rows(
                    "select distinct left(rolpassword, 13) from pg_authid"
                        + " where rolname in ('source_login', 'sink_login')"))
        .containsExactly("SCRAM-SHA-256");
  }

  @Test
  void rowsTravelOverConnectionsWithACertificateAndNoPassword() throws Exception {
    secure.reach(
        database ->
            secure.url(
                "localhost",
                database,
                "sslcert=" + SecureServer.LOGIN.certificate(),
                "sslkey=" + SecureServer.LOGIN.derKey()));
    secure.logInAs(SecureServer.CERTIFIED, "");
    assertThat(secure.validationErrors()).isEmpty();

    secure.replicateARow();

    assertThat(secure.connections())
        .containsOnly(SecureServer.CERTIFIED + "|t|/CN=" + SecureServer.CERTIFIED);
  }

  @Test
  void thePasswordOpensAKeyThatIsEncrypted() throws Exception {
    secure.reach(
        database -> secure.url("localhost", database, "sslkey=" + SecureServer.LOGIN.store()));
    secure.logInAs(SecureServer.CERTIFIED, Authority.Identity.KEY_PASSWORD);
    assertThat(secure.validationErrors()).isEmpty();

    secure.replicateARow();

    secure.logInAs(SecureServer.CERTIFIED, "n0t-of-the-key");
    assertThat(secure.validationErrors())
        .hasSize(2)
        .allSatisfy(
            error ->
                assertThat(error)
                    .startsWith("connection.url: Cannot connect to ")
                    .contains("the worker must be able to read these files")
                    .doesNotContain("n0t-of-the-key"));
  }

  @Test
  void aServerOfAnotherAuthorityIsRefused() {
    secure.reach(
        database ->
            secure.url(
                "localhost", database, "sslrootcert=" + SecureServer.STRANGER.certificate()));

    assertRefused(
        "connection.url", "unable to find valid certification path", "Let sslrootcert in");
  }

  @Test
  void aServerOfAnotherNameIsRefused() {
    secure.reach(database -> secure.url("127.0.0.1", database));

    assertRefused("connection.url", "hostname 127.0.0.1 could not be verified", "Name the host in");
  }

  @Test
  void aServerWithoutTlsIsRefused() {
    var plain = SharedPostgres.of(version).port();
    secure.reach(database -> secure.url("localhost:" + plain, database));

    assertRefused("connection.url", "does not support SSL", "Let the server offer TLS (ssl = on)");
  }

  @Test
  void anAuthorityThatCannotBeReadIsNamed() {
    secure.reach(database -> secure.url("localhost", database, "sslrootcert=nowhere.crt"));

    assertRefused("connection.url", "nowhere.crt", "the worker must be able to read these files");
  }

  @Test
  void aPasswordThatIsMissingOrWrongIsRefused() throws Exception {
    secure.reach(database -> secure.url("localhost", database));

    secure.set("connection.password", "");
    assertRefused("connection.password", "no password was provided", "Set connection.password.");
    secure.set("connection.password", "wr0ng-one");
    assertRefused("connection.password", "password authentication failed", "Check connection.user");
  }

  @Test
  void aLoginWithoutItsCertificateIsRefused() throws Exception {
    secure.reach(database -> secure.url("localhost", database));
    secure.logInAs(SecureServer.CERTIFIED, "secret");
    assertRefused("connection.user", "requires a valid client certificate", "sslcert in");

    secure.reach(
        database ->
            secure.url(
                "localhost",
                database,
                "sslcert=" + SecureServer.STRANGER.certificate(),
                "sslkey=" + SecureServer.STRANGER.derKey()));
    secure.logInAs(SecureServer.CERTIFIED, "");
    assertRefused("connection.user", "requires a valid client certificate", "sslcert in");
  }

  @Test
  void aServerThatAsksForThePasswordItselfIsRefusedWhereTheChannelIsToBeBound() throws Exception {
    secure.reach(database -> secure.url("localhost", database, "channelBinding=require"));
    secure.logInAs(SecureServer.SHOWN, "secret");

    assertRefused("connection.url", "hannel", "such as sslcert, sslkey and channelBinding");
  }

  @Test
  void tasksAtWorkStopWhenTheyConnectAgainAndFindAnotherServer() throws Exception {
    secure.reach(database -> secure.url("localhost", database));
    secure.replicateARow();
    secure.insertARow();
    var before = secure.mirror().sent().size();
    await().pollInSameThread().until(() -> secure.mirror().pump() || hasSent(before));

    secure.show(SecureServer.STRANGER);
    await().pollInSameThread().until(() -> secure.validationErrors().size() == 2);
    secure.endConnections();

    assertStops(() -> secure.mirror().applyAll());
    assertStops(() -> await().pollInSameThread().until(TlsIT::isSourceOut));

    secure.show(SecureServer.SERVER);
    await().pollInSameThread().until(() -> secure.validationErrors().isEmpty());
    secure.reach(database -> secure.url("localhost", database));
    secure.replicateARow();
  }

  /** Never: polls on. */
  private static boolean isSourceOut() throws InterruptedException {
    secure.mirror().pump();
    return false;
  }

  private static boolean hasSent(int before) {
    return secure.mirror().sent().size() > before;
  }

  private static void assertStops(ThrowingCallable task) {
    assertThatThrownBy(task)
        .isInstanceOf(ConnectException.class)
        .hasMessageStartingWith("Cannot connect to jdbc:postgresql://localhost:")
        .hasMessageContaining("unable to find valid certification path")
        .hasMessageEndingWith("Then restart the task.");
  }

  @Test
  void connectionsThatAreGoneWithoutAWordAreNoticed() throws Exception {
    try (var network = TcpProxy.to(secure.port())) {
      secure.reach(database -> secure.url("localhost:" + network.port(), database));
      secure.set("connection.timeout.ms", "1000");
      secure.set("keepalive.interval.ms", "1000");
      secure.replicateARow();

      network.drop();
      network.pass();

      secure.replicateARow();
    }
  }

  /**
   * At validation and when a task starts, of both connectors; without a password in what is said.
   */
  private static void assertRefused(String setting, String cause, String remedy) {
    assertThat(secure.validationErrors())
        .hasSize(2)
        .allSatisfy(
            error ->
                assertThat(error)
                    .startsWith(setting + ": Cannot connect to jdbc:postgresql://")
                    .contains(cause, " (SQLSTATE ", remedy)
                    .doesNotContain("secret", "wr0ng-one"));
    for (var refusal : List.of(secure.refusalOfSource(), secure.refusalOfSink())) {
      assertThat(refusal)
          .isInstanceOf(ConnectException.class)
          .hasMessageStartingWith("Cannot connect to jdbc:postgresql://")
          .hasMessageContainingAll(cause, " (SQLSTATE ", remedy)
          .hasMessageEndingWith("Then restart the task.")
          .hasMessageNotContainingAny("secret", "wr0ng-one");
    }
  }
}
