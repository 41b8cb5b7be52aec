package io.kreplica.types;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Values of every built-in type, chosen to be lost, rounded or confused on the way: the file {@code
 * types/hostile-values.txt}.
 */
final class HostileValues {

  private static final String FILE = "/types/hostile-values.txt";
  private static final Pattern TYPE = Pattern.compile("\\[(\\w+)]");
  private static final Pattern SINCE = Pattern.compile("(\\d\\d): (.+)");
  private static final String UNREADABLE = "unreadable";

  private final Map<String, List<String>> expressions;

  private HostileValues(Map<String, List<String>> expressions) {
    this.expressions = expressions;
  }

  /** The values that a server of a version takes. */
  static HostileValues of(int serverVersion) {
    var expressions = new LinkedHashMap<String, List<String>>();
    var type = "";
    for (var line : lines()) {
      var header = TYPE.matcher(line);
      var since = SINCE.matcher(line);
      if (header.matches()) {
        type = header.group(1);
        expressions.put(type, new ArrayList<>());
      } else if (since.matches()) {
        if (Integer.parseInt(since.group(1)) <= serverVersion) {
          expressions.get(type).add(since.group(2));
        }
      } else {
        expressions.get(type).add(line);
      }
    }
    return new HostileValues(expressions);
  }

  private static List<String> lines() {
    try (var stream = HostileValues.class.getResourceAsStream(FILE)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the file has an entry for a type, by its name in {@code pg_type}. */
  boolean knows(String type) {
    return !expressions.getOrDefault(type, List.of()).isEmpty();
  }

  /** Whether PostgreSQL reads no value of the type. */
  boolean isUnreadable(String type) {
    return expressions.get(type).equals(List.of(UNREADABLE));
  }

  /** The values of a type, as SQL expressions. */
  List<String> of(String type) {
    return List.copyOf(expressions.get(type));
  }
}
