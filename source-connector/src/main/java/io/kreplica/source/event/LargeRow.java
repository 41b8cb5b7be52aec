package io.kreplica.source.event;

import io.kreplica.record.Part;
import io.kreplica.record.Placeholder;
import io.kreplica.source.read.TextPieces;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * A row that does not fit one record: read column by column, values that exceed their share sent
 * off in parts as they are read, the rest kept for the row's own record, which comes last. No more
 * than the row's record and one part is held. Used once; thread: the reader's.
 */
final class LargeRow implements RowRecords {

  /** What a part's record takes beside its data, names apart. */
  private static final int PART_BYTES = 1_024;

  /**
   * What a part takes at most, however large records may be: consumers bound what they are given at
   * once by compressed bytes and by the number of records, and a text may be nearly nothing
   * compressed.
   */
  static final int LARGEST_PART = 64 * 1024;

  /** Makes the records. */
  interface Output {

    /** The record of a part. */
    SourceRecord part(Part part);

    /**
     * The record of the row.
     *
     * @param texts its values, placeholders among them
     * @param parted the columns that have placeholders
     */
    SourceRecord row(RowShape shape, List<String> texts, List<String> parted) throws SQLException;
  }

  private final RowShape shape;
  private final ColumnStream columns;
  private final Shares shares;
  private final long recordBytes;
  private final Output output;

  private final List<String> texts = new ArrayList<>();
  private final List<String> parted = new ArrayList<>();
  private PartCutter cutter;
  private int parts;
  private boolean isDone;

  LargeRow(RowShape shape, ColumnStream columns, Shares shares, long recordBytes, Output output) {
    this.shape = shape;
    this.columns = columns;
    this.shares = shares;
    this.recordBytes = recordBytes;
    this.output = output;
  }

  @Override
  public SourceRecord next() throws SQLException {
    while (!isDone) {
      if (cutter == null && !columns.next()) {
        return row();
      }
      if (cutter == null) {
        readColumn();
      } else {
        var data = cutter.next();
        if (data != null) {
          return output.part(new Part(shape.table().name(), column(), ++parts, data));
        }
        hold(new Placeholder(column(), cutter.characters(), cutter.parts()).toString());
        cutter = null;
      }
    }
    return null;
  }

  private String column() {
    if (texts.size() == shape.columns().size()) {
      throw new IllegalArgumentException("it has more columns than its JSON");
    }
    return shape.columns().get(texts.size());
  }

  /** Keeps the column's value, or turns to cutting it if it exceeds its share. */
  private void readColumn() throws SQLException {
    var column = column();
    if (columns.isNull()) {
      texts.add(null);
      return;
    }
    var share = shares.of(texts.size());
    var head = new StringBuilder();
    var size = 0L;
    for (var piece = columns.piece(); piece != null; piece = columns.piece()) {
      head.append(piece);
      size += JsonSize.of(piece);
      if (size > share) {
        parted.add(column);
        cutter = new PartCutter(startingWith(head.toString()), partRoom());
        return;
      }
    }
    shares.spend(texts.size(), size);
    texts.add(head.toString());
  }

  private TextPieces startingWith(String head) {
    return new TextPieces() {
      private boolean isBegun;

      @Override
      public String next() throws SQLException {
        if (isBegun) {
          return columns.piece();
        }
        isBegun = true;
        return head;
      }
    };
  }

  private long partRoom() {
    var names = 6 * JsonSize.of(shape.table().name().toString()) + JsonSize.of(column());
    return Math.max(Math.min(recordBytes - PART_BYTES - names, LARGEST_PART), 2 * JsonSize.LARGEST);
  }

  private void hold(String placeholder) {
    shares.spend(texts.size(), Shares.ofPlaceholder(column()));
    texts.add(placeholder);
  }

  private SourceRecord row() throws SQLException {
    isDone = true;
    if (texts.size() != shape.columns().size()) {
      throw new IllegalArgumentException(
          "its image has " + texts.size() + " columns, its JSON " + shape.columns().size());
    }
    if (shares.left() < 0) {
      throw new DataException(
          "with key "
              + shape.keyColumns().stream()
                  .map(i -> shape.columns().get(i) + "=" + texts.get(i))
                  .collect(Collectors.joining(", "))
              + ": its record would exceed record.max.bytes ("
              + recordBytes
              + ") by about "
              + -shares.left()
              + " bytes, its largest values in parts already. Raise record.max.bytes, and with it"
              + " the topic's max.message.bytes and the producer's max.request.size");
    }
    return output.row(shape, texts, parted);
  }
}
