package io.kreplica.source.read;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.connect.errors.DataException;

/**
 * Reads rows that are too large to come with others, in the transaction that found them: whole, if
 * memory takes them, or in slices that the server cuts. Thread: the reader's.
 */
public final class StoredRows {

  private static final String FROM_LOG = " from replica.replica_log l where l.ctid = ?::tid";
  private static final String FROM_TABLE = " from replica.read_row(?, ?::json) l";

  private static final String WHOLE =
      """
      select case when l.fits then l.row end, case when l.fits then l.image end
      from (select l.row, l.image,
                   coalesce(octet_length(l.row::text), 0) + coalesce(octet_length(l.image), 0) <= %d
                       as fits""";

  private static final String OLD =
      """
      select case
          when octet_length(l.old::text) <= %1$d then l.old::text
          else (select json_object_agg(e.key, e.value)::text
                from json_each(l.old) e,
                     (select count(*) as of_columns from json_object_keys(l.old)) count
                where octet_length(e.value::text) <= %1$d / count.of_columns)
      end""";

  /** What a value's or a row's text may not exceed: one gigabyte. */
  private static final String TOO_LARGE_TEXT = "54000";

  private static final String INTERNAL_ERROR = "XX000";

  private final Connection connection;

  StoredRows(Connection connection) {
    this.connection = connection;
  }

  /**
   * The row, whole; without texts if they are longer than was thought, as of values that lie
   * compressed in their table.
   *
   * @param bytes how large it may be
   */
  RowText whole(StoredRow stored, int bytes) throws SQLException {
    try (var statement = prepare(WHOLE.formatted(bytes), stored, " offset 0) l");
        var rows = statement.executeQuery()) {
      expect(rows.next(), stored);
      return new RowText(rows.getString(1), rows.getString(2));
    } catch (SQLException e) {
      throw explained(stored, e);
    }
  }

  /**
   * The row before the change as JSON, if it is logged; where that is too large, its large values
   * are left out.
   *
   * @param bytes how large it may be
   */
  String old(StoredRow stored, int bytes) throws SQLException {
    try (var statement = prepare(OLD.formatted(bytes), stored, "");
        var rows = statement.executeQuery()) {
      expect(rows.next(), stored);
      return rows.getString(1);
    }
  }

  /** The names of its columns, in their order. */
  public List<String> columns(StoredRow stored) throws SQLException {
    try (var statement = prepare("select array(select json_object_keys(l.row))", stored, "");
        var rows = statement.executeQuery()) {
      expect(rows.next(), stored);
      return List.of((String[]) rows.getArray(1).getArray());
    } catch (SQLException e) {
      throw explained(stored, e);
    }
  }

  /** The row's record text if that counts, else its JSON, in slices. To be closed. */
  public SlicedText slices(StoredRow stored) throws SQLException {
    var bytes = stored.hasImage() ? "textsend(l.image)" : "json_send(l.row)";
    // OFFSET 0 keeps the text from being made anew for each slice.
    var statement =
        prepare(
            "select substring(b.bytes from s.at for "
                + SlicedText.SLICE_BYTES
                + ") from (select "
                + bytes
                + " as bytes",
            stored,
            " offset 0) b cross join lateral generate_series(1, octet_length(b.bytes), "
                + SlicedText.SLICE_BYTES
                + ") s (at)");
    try {
      return new SlicedText(statement);
    } catch (SQLException e) {
      statement.close();
      throw explained(stored, e);
    }
  }

  private PreparedStatement prepare(String select, StoredRow stored, String rest)
      throws SQLException {
    if (stored instanceof StoredRow.InTable row) {
      var statement = connection.prepareStatement(select + FROM_TABLE + rest);
      statement.setInt(1, row.tableId());
      statement.setString(2, row.key());
      return statement;
    }
    var statement = connection.prepareStatement(select + FROM_LOG + rest);
    statement.setString(1, ((StoredRow.InLog) stored).ctid());
    return statement;
  }

  private static void expect(boolean isThere, StoredRow stored) {
    if (!isThere) {
      throw new DataException("Cannot read " + stored + ": it is not there");
    }
  }

  private static SQLException explained(StoredRow stored, SQLException e) {
    var isTooLarge =
        TOO_LARGE_TEXT.equals(e.getSQLState())
            || (INTERNAL_ERROR.equals(e.getSQLState())
                && String.valueOf(e.getMessage()).contains("memory alloc request size"));
    if (isTooLarge && stored instanceof StoredRow.InTable row) {
      throw new DataException(
          "Cannot copy the row with key "
              + row.key()
              + " of the table with table_id "
              + row.tableId()
              + ": as text it would exceed PostgreSQL's limit of 1 GB (bytea takes two characters"
              + " a byte). Make its values smaller, or untrack the table.",
          e);
    }
    return e;
  }
}
