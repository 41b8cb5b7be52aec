package io.kreplica.record;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/**
 * What the master has in a range of a table's keys at the end of the batch that carries this, for
 * slaves to compare: they compute the same of their own rows, right after they have applied the
 * batch. It travels as a record's value.
 *
 * @param kind why it is sent
 * @param asked the range that was asked for, of which this is a piece
 * @param piece the range
 * @param ends whether this is the last piece that the request asks for
 * @param layout what is counted and digested, and how
 * @param rows how many rows the master has in the range
 * @param digest their digest, see {@code replica.digest_range}
 * @param trouble why the master could not tell, if it could not; rows and digest say nothing then
 */
public record RangeDigest(
    CheckKind kind,
    KeyRange asked,
    KeyRange piece,
    boolean ends,
    Layout layout,
    long rows,
    String digest,
    Optional<String> trouble) {

  /** The form of digests that this version computes; others cannot be compared with it. */
  public static final int FORM = 1;

  /**
   * What a slave needs to know to compute the same.
   *
   * @param form the form of the digest
   * @param columns the columns that are digested, in this order
   * @param types what must be the same of their types, see {@code replica.digest_terms}
   * @param keys the key's columns, in key order
   * @param keyOrder what decides their order, see {@code replica.key_order}; empty by text
   * @param byText whether keys are ordered by the code points of their texts
   */
  public record Layout(
      int form,
      List<String> columns,
      List<String> types,
      List<String> keys,
      List<String> keyOrder,
      boolean byText) {

    /** Where nothing can be computed. */
    public static final Layout NONE =
        new Layout(FORM, List.of(), List.of(), List.of(), List.of(), false);
  }

  private static final Schema TEXTS = SchemaBuilder.array(Schema.STRING_SCHEMA).build();

  /** The schema of such a record's value. */
  public static final Schema SCHEMA =
      SchemaBuilder.struct()
          .name("io.kreplica.RangeDigest")
          .version(1)
          .field("kind", Schema.STRING_SCHEMA)
          .field("asked_from", Schema.OPTIONAL_STRING_SCHEMA)
          .field("asked_to", Schema.OPTIONAL_STRING_SCHEMA)
          .field("from", Schema.OPTIONAL_STRING_SCHEMA)
          .field("to", Schema.OPTIONAL_STRING_SCHEMA)
          .field("ends", Schema.BOOLEAN_SCHEMA)
          .field("form", Schema.INT32_SCHEMA)
          .field("columns", TEXTS)
          .field("types", TEXTS)
          .field("keys", TEXTS)
          .field("key_order", TEXTS)
          .field("by_text", Schema.BOOLEAN_SCHEMA)
          .field("rows", Schema.INT64_SCHEMA)
          .field("digest", Schema.STRING_SCHEMA)
          .field("trouble", Schema.OPTIONAL_STRING_SCHEMA)
          .build();

  /** The digest as a record's value. */
  public Struct toValue() {
    return new Struct(SCHEMA)
        .put("kind", kind.text())
        .put("asked_from", asked.from().orElse(null))
        .put("asked_to", asked.to().orElse(null))
        .put("from", piece.from().orElse(null))
        .put("to", piece.to().orElse(null))
        .put("ends", ends)
        .put("form", layout.form())
        .put("columns", layout.columns())
        .put("types", layout.types())
        .put("keys", layout.keys())
        .put("key_order", layout.keyOrder())
        .put("by_text", layout.byText())
        .put("rows", rows)
        .put("digest", digest)
        .put("trouble", trouble.orElse(null));
  }

  /**
   * Reads a digest from a record's value, a Struct or, from a converter without schemas, a Map.
   *
   * @throws DataException if the value is neither or a field is missing or malformed
   */
  public static RangeDigest ofValue(Object value) {
    var fields = Fields.of(value, "the digest of a range");
    try {
      return new RangeDigest(
          CheckKind.of(fields.text("kind")),
          new KeyRange(fields.optional("asked_from"), fields.optional("asked_to")),
          new KeyRange(fields.optional("from"), fields.optional("to")),
          fields.flag("ends"),
          new Layout(
              (int) fields.number("form"),
              fields.texts("columns"),
              fields.texts("types"),
              fields.texts("keys"),
              fields.texts("key_order"),
              fields.flag("by_text")),
          fields.number("rows"),
          fields.text("digest"),
          fields.optional("trouble"));
    } catch (DataException | IllegalArgumentException e) {
      throw new DataException(
          "Cannot read the digest of a range: "
              + e.getMessage()
              + ". A transform may have changed it: keep records whose replica.op is V away from"
              + " transforms with a predicate, or drop them.",
          e);
    }
  }

  /** Whether the whole table was asked for. */
  public boolean isOfWholeTable() {
    return asked.equals(KeyRange.WHOLE);
  }

  /** Whether nothing of the range that was asked for is left behind this piece. */
  public boolean endsAsked() {
    return piece.to().equals(asked.to());
  }
}
