package io.kreplica.record;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/** Access by name to a record's value that may be a Struct or a Map. */
interface Fields {

  Object value(String name);

  /**
   * The fields of a value.
   *
   * @param what what the value is, for messages
   * @throws DataException if it is neither
   */
  static Fields of(Object value, String what) {
    if (value instanceof Struct struct) {
      return name -> struct.schema().field(name) == null ? null : struct.get(name);
    }
    if (value instanceof Map<?, ?> map) {
      return map::get;
    }
    throw new DataException(
        "Cannot read "
            + what
            + ": its value is "
            + (value == null ? "null" : "a " + value.getClass().getSimpleName())
            + ", neither a Struct nor a Map. Both connectors need converters that keep structure,"
            + " such as JsonConverter, with the same settings.");
  }

  default boolean isNull(String name) {
    return value(name) == null;
  }

  default String text(String name) {
    var value = value(name);
    if (value == null) {
      throw new DataException("it has no field '" + name + "'");
    }
    return value.toString();
  }

  default Optional<String> optional(String name) {
    return Optional.ofNullable(value(name)).map(Object::toString);
  }

  default long number(String name) {
    return value(name) instanceof Number number ? number.longValue() : Long.parseLong(text(name));
  }

  default List<?> list(String name) {
    return value(name) instanceof List<?> list ? list : List.of();
  }

  default List<String> texts(String name) {
    return list(name).stream().map(String::valueOf).toList();
  }

  default boolean flag(String name) {
    return Boolean.parseBoolean(text(name));
  }
}
