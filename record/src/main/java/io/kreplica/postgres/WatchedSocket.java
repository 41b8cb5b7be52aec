package io.kreplica.postgres;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;

/**
 * A connection that knows for how long its user has been waiting for the other end, to hear or to
 * be heard: the driver itself would wait for ever, or would have to cut every long statement. Any
 * thread may ask; one reads and writes.
 */
final class WatchedSocket extends Socket {

  /** So much is written at a time: the end of each piece is a sign of life. */
  private static final int PIECE_BYTES = 64 << 10;

  /**
   * So much may be written and not sent yet. What the system holds beyond that would take longer on
   * a slow link than anybody waits, and look as if it were lost.
   */
  private static final int UNSENT_BYTES = 256 << 10;

  private static final int PROBE_AFTER_SECONDS = 30;
  private static final int PROBE_INTERVAL_SECONDS = 10;
  private static final int PROBES = 3;

  private static final long NOT_WAITING = 0;

  private volatile long waitingSince = NOT_WAITING;
  private volatile int firstByte = -1;

  /** For how long one read or write has waited; zero if none does. */
  Duration silence() {
    var since = waitingSince;
    return since == NOT_WAITING ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - since);
  }

  /** Which wait it is: another number for another wait. */
  long waitingSince() {
    return waitingSince;
  }

  /** Whether the first that came from the other end was this. */
  boolean wasAnsweredWith(char first) {
    return firstByte == first;
  }

  private void beginToWait() {
    var now = System.nanoTime();
    waitingSince = now == NOT_WAITING ? now - 1 : now;
  }

  private void endToWait() {
    waitingSince = NOT_WAITING;
  }

  @Override
  public void connect(SocketAddress endpoint, int timeout) throws IOException {
    setSendBufferSize(UNSENT_BYTES);
    super.connect(endpoint, timeout);
  }

  @Override
  public void setKeepAlive(boolean on) throws SocketException {
    super.setKeepAlive(on);
    if (on && supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
      probeSooner();
    }
  }

  /** Unlike the two hours of most systems, soon enough for a session that is merely quiet. */
  private void probeSooner() throws SocketException {
    try {
      setOption(ExtendedSocketOptions.TCP_KEEPIDLE, PROBE_AFTER_SECONDS);
      setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, PROBE_INTERVAL_SECONDS);
      setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
    } catch (SocketException e) {
      throw e;
    } catch (IOException e) {
      throw new SocketException(e.getMessage());
    }
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new Input(super.getInputStream());
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return new Output(super.getOutputStream());
  }

  private final class Input extends FilterInputStream {

    Input(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      beginToWait();
      try {
        var read = in.read();
        noteFirst(read);
        return read;
      } finally {
        endToWait();
      }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      beginToWait();
      try {
        var count = in.read(bytes, offset, length);
        if (count > 0) {
          noteFirst(bytes[offset]);
        }
        return count;
      } finally {
        endToWait();
      }
    }

    private void noteFirst(int read) {
      if (firstByte < 0) {
        firstByte = read;
      }
    }
  }

  private final class Output extends FilterOutputStream {

    Output(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        for (var written = 0; written < length; written += PIECE_BYTES) {
          beginToWait();
          out.write(bytes, offset + written, Math.min(PIECE_BYTES, length - written));
        }
      } finally {
        endToWait();
      }
    }
  }
}
