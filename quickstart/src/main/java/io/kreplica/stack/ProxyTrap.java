package io.kreplica.stack;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Something that happens once, at the moment when a client sends a certain text through a {@link
 * TcpProxy}: so a fault strikes between a statement and its answer, and not somewhere near.
 */
public final class ProxyTrap {

  private final byte[] text;
  private final boolean waitsForAnswer;
  private final Consumer<ProxiedConnection> action;
  private final AtomicBoolean isMet = new AtomicBoolean();
  private final CountDownLatch sprung = new CountDownLatch(1);

  ProxyTrap(byte[] text, boolean waitsForAnswer, Consumer<ProxiedConnection> action) {
    this.text = text;
    this.waitsForAnswer = waitsForAnswer;
    this.action = action;
  }

  /** Whether a piece holds the text, for the first time ever; one that is cut in two does not. */
  boolean isMetBy(byte[] piece, int bytes) {
    return !isMet.get() && holdsText(piece, bytes) && isMet.compareAndSet(false, true);
  }

  private boolean holdsText(byte[] piece, int bytes) {
    for (var start = 0; start + text.length <= bytes; start++) {
      var matched = 0;
      while (matched < text.length && piece[start + matched] == text[matched]) {
        matched++;
      }
      if (matched == text.length) {
        return true;
      }
    }
    return false;
  }

  boolean waitsForAnswer() {
    return waitsForAnswer;
  }

  /** Acts, on the connection whose client has sent the text. */
  void spring(ProxiedConnection connection) {
    try {
      action.accept(connection);
    } finally {
      sprung.countDown();
    }
  }

  /** Whether the text has come, and the action has been done. */
  public boolean isSprung() {
    return sprung.getCount() == 0;
  }
}
