package io.kreplica.stack;

import io.kreplica.stack.TcpProxy.Way;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** One connection through a proxy: two sockets, and a thread for each way between them. */
final class ProxiedConnection {

  private static final int PIECE_BYTES = 64 << 10;

  private final TcpProxy proxy;
  private final Socket client;
  private final Socket server;
  private final Set<Way> dropped = EnumSet.noneOf(Way.class);
  private final Set<Way> clogged = EnumSet.noneOf(Way.class);
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile ProxyTrap answered;
  private int ways = 2;

  ProxiedConnection(TcpProxy proxy, Socket client, Socket server) {
    this.proxy = proxy;
    this.client = client;
    this.server = server;
  }

  void start() throws IOException {
    client.setTcpNoDelay(true);
    server.setTcpNoDelay(true);
    TcpProxy.start(() -> pump(Way.THERE, client, server), "proxy-" + proxy.port() + "-there");
    TcpProxy.start(() -> pump(Way.BACK, server, client), "proxy-" + proxy.port() + "-back");
  }

  /** From now on what goes this way is swallowed, and nobody is told, not even of the end. */
  synchronized void drop(Way way) {
    dropped.add(way);
  }

  private synchronized boolean isDropped(Way way) {
    return dropped.contains(way);
  }

  /** From now on nothing that is sent this way is taken. */
  synchronized void clog(Way way) {
    clogged.add(way);
  }

  private synchronized boolean isClogged(Way way) {
    return clogged.contains(way);
  }

  private void pump(Way way, Socket from, Socket to) {
    var piece = new byte[PIECE_BYTES];
    try {
      var in = from.getInputStream();
      var out = to.getOutputStream();
      for (var bytes = in.read(piece); bytes >= 0; bytes = in.read(piece)) {
        spring(way, piece, bytes);
        proxy.awaitPassage(way, bytes);
        if (isClogged(way)) {
          over.await();
        }
        if (!isDropped(way)) {
          out.write(piece, 0, bytes);
        }
      }
      proxy.awaitPassage(way, 0);
      if (!isDropped(way)) {
        to.shutdownOutput();
        ended();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("Nobody interrupts a proxy's threads", e);
    } catch (IOException e) {
      // One end is gone, or this connection was reset.
      if (!isDropped(way)) {
        reset();
      }
    }
  }

  private void spring(Way way, byte[] piece, int bytes) {
    if (way == Way.THERE) {
      var trap = proxy.trap();
      if (trap != null && trap.isMetBy(piece, bytes)) {
        if (trap.waitsForAnswer()) {
          answered = trap;
        } else {
          trap.spring(this);
        }
      }
    } else if (answered != null) {
      answered.spring(this);
      answered = null;
    }
  }

  /** One way has come to its end; with the other one's the connection is over. */
  private synchronized void ended() {
    ways--;
    if (ways == 0) {
      proxy.ended(this);
      close(client);
      close(server);
    }
  }

  /** Ends the connection at both ends at once, as a router that forgot it does. */
  void reset() {
    proxy.ended(this);
    over.countDown();
    reset(client);
    reset(server);
  }

  /** Ends a connection with RST. */
  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (SocketException e) {
      // It is closed already.
    }
    close(socket);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
