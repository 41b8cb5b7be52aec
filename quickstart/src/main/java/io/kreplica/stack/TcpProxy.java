package io.kreplica.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * A network between a client and a server of this machine that can do what networks do: pass, reset
 * connections, hold bytes back, lose them without telling anybody, be slow. The kernel goes on
 * acknowledging what the proxy swallows, as a firewall or a load balancer in between may do, so
 * that no TCP keepalive notices: only who waits for an answer does. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {

  /** The two ways through the proxy. */
  public enum Way {
    /** From the client to the server. */
    THERE,
    /** From the server to the client. */
    BACK
  }

  private static final int BUFFER_BYTES = 64 << 10;

  private final ServerSocket listener;
  private final int target;
  private final List<ProxiedConnection> connections = new CopyOnWriteArrayList<>();
  private final AtomicLong taken = new AtomicLong();
  private final AtomicReference<ProxyTrap> trap = new AtomicReference<>();

  /** Guards what follows; whoever waits for it to change waits here. */
  private final Object network = new Object();

  private final Set<Way> held = EnumSet.noneOf(Way.class);
  private boolean isRefusing;
  private boolean isAccepting = true;
  private boolean isClosed;
  private volatile Duration delay = Duration.ZERO;
  private volatile long bytesPerSecond = Long.MAX_VALUE;

  private TcpProxy(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  /** Listens on a port of its own, and leads to a port of this machine. */
  public static TcpProxy to(int target) {
    return to(target, Ports.free());
  }

  /**
   * Listens on the given port, and leads to another.
   *
   * @param target the server's port; nobody needs to listen there yet
   */
  public static TcpProxy to(int target, int port) {
    try {
      var listener = new ServerSocket();
      listener.setReuseAddress(true);
      // Small, so that whoever sends soon feels what holds here.
      listener.setReceiveBufferSize(BUFFER_BYTES);
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      var proxy = new TcpProxy(listener, target);
      start(proxy::accept, "proxy-" + port);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot listen on port " + port, e);
    }
  }

  static void start(Runnable work, String name) {
    var thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** The port that clients connect to. */
  public int port() {
    return listener.getLocalPort();
  }

  /** The port that it leads to. */
  int target() {
    return target;
  }

  /** How many connections there are. */
  public int connections() {
    return connections.size();
  }

  /** How many connections there have been. */
  public long taken() {
    return taken.get();
  }

  /**
   * All flows again, at full speed: what was held arrives, who waited to connect does. Connections
   * that {@link #drop} has broken stay so.
   */
  public void pass() {
    delay = Duration.ZERO;
    bytesPerSecond = Long.MAX_VALUE;
    change(
        () -> {
          held.clear();
          isRefusing = false;
          isAccepting = true;
        });
  }

  /** Resets all connections; new ones are taken. */
  public void cut() {
    connections.forEach(ProxiedConnection::reset);
  }

  /** Resets all connections, and every new one, until {@link #pass}. */
  public void refuse() {
    change(
        () -> {
          isRefusing = true;
          isAccepting = true;
        });
    cut();
  }

  /** Holds all bytes and new connections until {@link #pass}; nothing is lost, nobody is told. */
  public void hold() {
    change(() -> isAccepting = false);
    hold(Way.THERE);
    hold(Way.BACK);
  }

  /** Holds the bytes of one way until {@link #pass}. */
  public void hold(Way way) {
    change(() -> held.add(way));
  }

  /**
   * Breaks all connections for good without telling anybody: each end may go on sending, nothing
   * arrives, and nothing is closed. New connections are not taken before {@link #pass}.
   */
  public void drop() {
    change(() -> isAccepting = false);
    drop(Way.THERE);
    drop(Way.BACK);
  }

  /** Breaks one way of all connections for good; new ones are not affected. */
  public void drop(Way way) {
    connections.forEach(connection -> connection.drop(way));
  }

  /**
   * Takes nothing more of what is sent this way over the present connections, for good: whoever
   * goes on sending hangs in it once the buffers in between are full.
   */
  public void clog(Way way) {
    connections.forEach(connection -> connection.clog(way));
  }

  /**
   * Lets everything pass slowly, until {@link #pass}.
   *
   * @param delay how long each piece takes at least, up to 64 KB that came at once
   * @param bytesPerSecond how many bytes a connection takes a second, each way
   */
  public void slow(Duration delay, long bytesPerSecond) {
    this.delay = delay;
    this.bytesPerSecond = bytesPerSecond;
  }

  /**
   * Acts once, on the first connection whose client sends the text, before the server gets it. What
   * the action does to the connection, such as {@link #cut}, concerns that text already.
   *
   * @param action runs on a thread of the proxy; that connection waits for its end
   */
  public ProxyTrap beforeRequest(String text, Runnable action) {
    return set(
        new ProxyTrap(text.getBytes(StandardCharsets.UTF_8), false, connection -> action.run()));
  }

  /**
   * Acts once, on the first connection whose client sends the text, when the server has answered
   * and before the client knows.
   */
  public ProxyTrap beforeAnswer(String text, Runnable action) {
    return set(
        new ProxyTrap(text.getBytes(StandardCharsets.UTF_8), true, connection -> action.run()));
  }

  /** Resets the next connection whose client sends the text, and no other, before it arrives. */
  public ProxyTrap cutNext(String text) {
    return set(
        new ProxyTrap(text.getBytes(StandardCharsets.UTF_8), false, ProxiedConnection::reset));
  }

  /** Breaks the next connection whose client sends the text as {@link #drop} does, and no other. */
  public ProxyTrap dropNext(String text) {
    return set(
        new ProxyTrap(
            text.getBytes(StandardCharsets.UTF_8),
            false,
            connection -> {
              connection.drop(Way.THERE);
              connection.drop(Way.BACK);
            }));
  }

  private ProxyTrap set(ProxyTrap armed) {
    trap.set(armed);
    return armed;
  }

  /** The trap that is set, sprung or not; null if none is. */
  ProxyTrap trap() {
    return trap.get();
  }

  private void change(Runnable change) {
    synchronized (network) {
      change.run();
      network.notifyAll();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        var client = listener.accept();
        if (awaitAccepting()) {
          connect(client);
        } else {
          ProxiedConnection.reset(client);
        }
      } catch (IOException e) {
        if (!listener.isClosed()) {
          throw new UncheckedIOException("Cannot accept on port " + port(), e);
        }
      }
    }
  }

  /** Waits until new connections are taken; false if they are refused. */
  private boolean awaitAccepting() {
    synchronized (network) {
      awaitWhile(() -> !isAccepting);
      return !isRefusing && !isClosed;
    }
  }

  private void connect(Socket client) {
    try {
      var server = new Socket(InetAddress.getLoopbackAddress(), target);
      var connection = new ProxiedConnection(this, client, server);
      connections.add(connection);
      taken.incrementAndGet();
      connection.start();
    } catch (IOException e) {
      // The server is down, and this is how its clients learn it.
      ProxiedConnection.reset(client);
    }
  }

  void ended(ProxiedConnection connection) {
    connections.remove(connection);
  }

  /** Waits as long as the network takes for so many bytes, or holds them. */
  void awaitPassage(Way way, int bytes) {
    var nanos = delay.toNanos() + (long) (1e9 * bytes / bytesPerSecond);
    if (nanos > 0) {
      Processes.pause(Duration.ofNanos(nanos));
    }
    synchronized (network) {
      awaitWhile(() -> held.contains(way));
    }
  }

  /** Waits, with the network's lock, while something holds and the proxy is open. */
  private void awaitWhile(BooleanSupplier condition) {
    try {
      while (condition.getAsBoolean() && !isClosed) {
        network.wait();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("Nobody interrupts a proxy's threads", e);
    }
  }

  /** Ends all connections, and listens no more. */
  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    change(() -> isClosed = true);
    cut();
  }
}
