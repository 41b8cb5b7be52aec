package io.kreplica.source.read;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.postgresql.PGStatement;

/**
 * A text of any length, of which a few slices are in memory. The server cuts its bytes, so that a
 * slice may end within a character; the rest of that comes with the next.
 */
public final class SlicedText implements TextPieces, AutoCloseable {

  static final int SLICE_BYTES = 256 * 1024;
  private static final int SLICES_AT_ONCE = 4;

  private final PreparedStatement statement;
  private final ResultSet slices;
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private ByteBuffer rest = ByteBuffer.allocate(0);

  /**
   * Runs the query.
   *
   * @param statement yields slices of UTF-8, in order
   */
  SlicedText(PreparedStatement statement) throws SQLException {
    this.statement = statement;
    statement.setFetchSize(SLICES_AT_ONCE);
    // Binary at once: as text a slice would take twice the room.
    statement.unwrap(PGStatement.class).setPrepareThreshold(-1);
    this.slices = statement.executeQuery();
  }

  @Override
  public String next() throws SQLException {
    if (!slices.next()) {
      return null;
    }
    var slice = slices.getBytes(1);
    var bytes = ByteBuffer.allocate(rest.remaining() + slice.length).put(rest).put(slice).flip();
    var characters = CharBuffer.allocate(bytes.remaining() + 1);
    var result = decoder.decode(bytes, characters, false);
    if (result.isError()) {
      throw unreadable(result);
    }
    rest = bytes;
    return characters.flip().toString();
  }

  private static SQLException unreadable(CoderResult result) {
    var e = new SQLException("A large value is not UTF-8", "22021");
    try {
      result.throwException();
    } catch (CharacterCodingException cause) {
      e.initCause(cause);
    }
    return e;
  }

  @Override
  public void close() throws SQLException {
    statement.close();
  }
}
