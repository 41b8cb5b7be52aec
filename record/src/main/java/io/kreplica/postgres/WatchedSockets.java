package io.kreplica.postgres;

import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.SocketFactory;

/**
 * Makes the sockets of a session to be opened, and tells which one it has got. The driver makes the
 * factory by its name and hands it nothing but a text; so each session to be opened has a ticket.
 * Thread-safe.
 */
public final class WatchedSockets extends SocketFactory {

  private static final Map<String, AtomicReference<WatchedSocket>> OPENING =
      new ConcurrentHashMap<>();

  private final AtomicReference<WatchedSocket> newest;

  /**
   * Called by the driver.
   *
   * @param ticket of the session to be opened
   */
  public WatchedSockets(String ticket) {
    this.newest = OPENING.get(ticket);
  }

  /** Takes note that a session is about to be opened; its ticket, to be {@link #collect}ed. */
  static String ticket() {
    var ticket = UUID.randomUUID().toString();
    OPENING.put(ticket, new AtomicReference<>());
    return ticket;
  }

  /** Whether the first that came from the server, over the socket last made, was this. */
  static boolean wasAnsweredWith(char first, String ticket) {
    var socket = OPENING.get(ticket).get();
    return socket != null && socket.wasAnsweredWith(first);
  }

  /** The socket of the session, if it has come to that; the ticket is used up. */
  static Optional<WatchedSocket> collect(String ticket) {
    return Optional.ofNullable(OPENING.remove(ticket).get());
  }

  @Override
  public Socket createSocket() {
    var socket = new WatchedSocket();
    newest.set(socket);
    return socket;
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw connectsByItself();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    throw connectsByItself();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw connectsByItself();
  }

  @Override
  public Socket createSocket(
      InetAddress address, int port, InetAddress localAddress, int localPort) {
    throw connectsByItself();
  }

  private static UnsupportedOperationException connectsByItself() {
    return new UnsupportedOperationException("The driver connects its sockets by itself");
  }
}
