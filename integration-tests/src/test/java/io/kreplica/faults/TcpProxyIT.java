package io.kreplica.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kreplica.stack.TcpProxy;
import io.kreplica.stack.TcpProxy.Way;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The network that the fault tests break does to a connection what they say it does. */
class TcpProxyIT {

  /** How long a client waits to find that nothing comes. */
  private static final int NOTHING_COMES_MS = 200;

  private ServerSocket server;
  private TcpProxy proxy;
  private final AtomicInteger heard = new AtomicInteger();

  @BeforeEach
  void startEcho() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(this::serve);
    proxy = TcpProxy.to(server.getLocalPort());
  }

  @AfterEach
  void stopEcho() throws IOException {
    proxy.close();
    server.close();
  }

  private static void daemon(Runnable work) {
    var thread = new Thread(work, "echo");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() {
    try {
      while (true) {
        var client = server.accept();
        daemon(() -> echo(client));
      }
    } catch (IOException e) {
      if (!server.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void echo(Socket client) {
    try (client) {
      // Whole pieces, as a server answers whole requests: a cut at an answer's first byte comes
      // when all of the request has been heard.
      var piece = new byte[1024];
      var in = client.getInputStream();
      for (var bytes = in.read(piece); bytes >= 0; bytes = in.read(piece)) {
        heard.addAndGet(bytes);
        client.getOutputStream().write(piece, 0, bytes);
      }
    } catch (IOException e) {
      // The client is gone.
    }
  }

  private Socket connect() throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String receive(Socket socket, int bytes) throws IOException {
    return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.UTF_8);
  }

  private static void assertNothingComes(Socket socket) throws IOException {
    socket.setSoTimeout(NOTHING_COMES_MS);
    assertThatThrownBy(() -> receive(socket, 1)).isInstanceOf(SocketTimeoutException.class);
    socket.setSoTimeout(10_000);
  }

  @Test
  void passesBothWaysUntilEitherEndCloses() throws IOException {
    try (var client = connect()) {
      send(client, "hello");
      assertThat(receive(client, 5)).isEqualTo("hello");

      client.shutdownOutput();

      assertThat(client.getInputStream().read()).isEqualTo(-1);
      await().until(() -> proxy.connections() == 0);
    }
  }

  @Test
  void resetsConnectionsAndTakesNewOnes() throws IOException {
    try (var client = connect()) {
      send(client, "a");
      assertThat(receive(client, 1)).isEqualTo("a");

      proxy.cut();

      assertThatThrownBy(() -> receive(client, 1))
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
    try (var client = connect()) {
      send(client, "b");
      assertThat(receive(client, 1)).isEqualTo("b");
    }
  }

  @Test
  void refusesConnectionsUntilItPasses() throws IOException {
    proxy.refuse();
    try (var client = connect()) {
      assertThatThrownBy(() -> receive(client, 1)).isInstanceOf(SocketException.class);
    }

    proxy.pass();

    try (var client = connect()) {
      send(client, "b");
      assertThat(receive(client, 1)).isEqualTo("b");
    }
  }

  @Test
  void holdsWhatIsSentUntilItPasses() throws IOException {
    try (var client = connect()) {
      send(client, "a");
      assertThat(receive(client, 1)).isEqualTo("a");
      proxy.hold();
      send(client, "b");
      assertNothingComes(client);
      try (var late = connect()) {
        send(late, "c");
        assertNothingComes(late);

        proxy.pass();

        assertThat(receive(client, 1)).isEqualTo("b");
        assertThat(receive(late, 1)).isEqualTo("c");
      }
    }
  }

  @Test
  void leavesConnectionsHalfOpenForGoodAndTellsNobody() throws IOException {
    try (var client = connect()) {
      send(client, "a");
      assertThat(receive(client, 1)).isEqualTo("a");
      proxy.drop();
      send(client, "b");
      assertNothingComes(client);

      proxy.pass();

      send(client, "c");
      assertNothingComes(client);
      assertThat(heard).hasValue(1);
    }
    try (var fresh = connect()) {
      send(fresh, "d");
      assertThat(receive(fresh, 1)).isEqualTo("d");
    }
  }

  @Test
  void losesAnswersAlone() throws IOException {
    try (var client = connect()) {
      send(client, "a");
      assertThat(receive(client, 1)).isEqualTo("a");

      proxy.drop(Way.BACK);

      send(client, "b");
      assertNothingComes(client);
      assertThat(heard).hasValue(2);
    }
  }

  @Test
  void takesNothingMoreOfAConnectionThatIsClogged() throws IOException {
    try (var client = connect()) {
      send(client, "a");
      assertThat(receive(client, 1)).isEqualTo("a");

      proxy.clog(Way.THERE);

      send(client, "b");
      assertNothingComes(client);
      assertThat(heard).hasValue(1);
    }
  }

  @Test
  void takesItsTime() throws IOException {
    try (var client = connect()) {
      proxy.slow(Duration.ofMillis(100), 1_000_000);
      var before = System.nanoTime();
      send(client, "a");
      assertThat(receive(client, 1)).isEqualTo("a");

      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isGreaterThan(Duration.ofMillis(200));
    }
  }

  @Test
  void strikesBeforeTheServerHearsARequestOnce() throws IOException {
    var trap = proxy.beforeRequest("commit", proxy::cut);
    try (var client = connect()) {
      send(client, "begin");
      assertThat(receive(client, 5)).isEqualTo("begin");
      send(client, "commit");

      assertThatThrownBy(() -> receive(client, 1)).isInstanceOf(SocketException.class);
      assertThat(heard).hasValue(5);
      assertThat(trap.isSprung()).isTrue();
    }
    try (var client = connect()) {
      send(client, "commit");
      assertThat(receive(client, 6)).isEqualTo("commit");
    }
  }

  @Test
  void strikesWhenTheServerHasAnsweredAndTheClientDoesNotKnow() throws IOException {
    try (var client = connect()) {
      proxy.beforeAnswer("commit", proxy::cut);
      send(client, "begin");
      assertThat(receive(client, 5)).isEqualTo("begin");
      send(client, "commit");

      assertThatThrownBy(() -> receive(client, 1)).isInstanceOf(SocketException.class);
      await().until(() -> heard.get() == 11);
    }
  }
}
