package io.kreplica.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Duration;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;

/** Which answers to the wish for TLS are final; the servers of the integration tests fork well. */
class RefusedSessionTest {

  @Test
  void aServerWithoutTlsIsRefusedForGood() throws IOException {
    var failure = failureOf('N');

    assertThat((Throwable) failure).isInstanceOf(RefusedSessionException.class);
    assertThat(SqlStates.isOutage(failure)).isFalse();
    assertThat(ConnectFault.of(failure)).isEqualTo(ConnectFault.NO_TLS);
  }

  @Test
  void aServerThatCannotForkIsWaitedFor() throws IOException {
    var failure = failureOf('E');

    assertThat(SqlStates.isOutage(failure)).isTrue();
    assertThat((Throwable) failure).hasMessage("the server could not begin a session");
  }

  /** What comes of connecting to a server that answers the wish for TLS so. */
  private static SQLException failureOf(char answer) throws IOException {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var thread = new Thread(() -> answerOnce(server, answer));
      thread.start();
      var sessions =
          new SessionFactory(
              "jdbc:postgresql://127.0.0.1:" + server.getLocalPort() + "/x?sslmode=require",
              "somebody",
              new Password("secret"),
              "test",
              Duration.ofSeconds(30));
      return catchThrowableOfType(SQLException.class, sessions::open);
    }
  }

  private static void answerOnce(ServerSocket server, char answer) {
    try (var client = server.accept()) {
      client.getInputStream().readNBytes(8);
      client.getOutputStream().write(answer);
      // Until the client has read it and gone.
      client.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
