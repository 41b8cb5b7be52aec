package io.kreplica.random;

import io.kreplica.postgres.Identifiers;
import java.util.Random;

/**
 * A column of a random table.
 *
 * @param name its name, unquoted
 * @param kind its type and values
 * @param required whether it is NOT NULL
 * @param definition what follows its type, the foreign key for one
 */
record RandomColumn(String name, ValueKind kind, boolean required, String definition) {

  String sql() {
    return Identifiers.quote(name);
  }

  String ddl() {
    return sql() + " " + kind.type() + (required ? " not null " : " ") + definition;
  }

  /** A value as text; null one time in eight where it may be. */
  String value(Random random) {
    return !required && random.nextInt(8) == 0 ? null : kind.value(random);
  }

  /** A value as SQL. */
  String literal(Random random) {
    var value = value(random);
    return (value == null ? "null" : "'" + value.replace("'", "''") + "'") + "::" + kind.type();
  }
}
