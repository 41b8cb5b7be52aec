package io.kreplica.types;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A table for each built-in type, on master and slave: the type as a column, as a key, or within
 * arrays, domains and composites.
 */
public final class TypeTables {

  /** A master and a slave. */
  public interface Sides {

    Connection master();

    Connection slave();

    /** Executes on both, where the sink may write to whatever is created. */
    void onBoth(String... statements) throws SQLException;
  }

  /** How a table of a type uses it. */
  public enum Shape {
    PLAIN("create table types.plain_%1$s (id integer primary key, v %2$s)"),
    KEY("create table types.key_%1$s (k %2$s primary key, n integer)"),
    NESTED(
        """
        create domain types.domain_%1$s as %2$s;
        create type types.row_%1$s as (x %2$s, y integer, gone text, z %2$s[]);
        alter type types.row_%1$s drop attribute gone;
        create type types.deep_%1$s as (r types.row_%1$s, rs types.row_%1$s[]);
        create domain types.rows_%1$s as types.row_%1$s[];
        create table types.nested_%1$s (
            id integer primary key,
            a %2$s[],
            m %2$s[],
            d types.domain_%1$s,
            c types.row_%1$s,
            cs types.row_%1$s[],
            dc types.deep_%1$s,
            ds types.rows_%1$s
        )
        """);

    private final String ddl;

    Shape(String ddl) {
      this.ddl = ddl;
    }

    String table(BaseType type) {
      return "types." + word() + "_" + type.name();
    }

    private String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Selects the values of a table in their binary form. */
    private String binary(BaseType type) {
      var send = "encode(pg_catalog." + type.binary() + "(%s), 'hex')";
      return switch (this) {
        case PLAIN -> String.format(send, "v");
        case KEY -> String.format(send, "k");
        case NESTED ->
            "encode(array_send(a), 'hex') || encode(array_send(m), 'hex')"
                + String.format(" || " + send + " || " + send, "d", "(c).x")
                + " || encode(array_send((c).z), 'hex')";
      };
    }
  }

  private static final String PINNED =
      """
      set datestyle = 'ISO, YMD';
      set intervalstyle = 'postgres';
      set timezone = 'UTC';
      set bytea_output = 'hex';
      set extra_float_digits = 1;
      set lc_monetary = 'C';
      set search_path = pg_catalog;
      set quote_all_identifiers = off
      """;

  private static final int MOST_SHOWN = 400;

  private final Sides sides;
  private final List<BaseType> types;

  private TypeTables(Sides sides, List<BaseType> types) {
    this.sides = sides;
    this.types = types;
  }

  /** Creates what the values name on both sides, and the values on the master. */
  public static TypeTables prepare(Sides sides) throws SQLException {
    var values = HostileValues.of(sides.master().getMetaData().getDatabaseMajorVersion());
    var types =
        BaseType.all(sides.master()).stream()
            .filter(type -> !values.isUnreadable(type.name()))
            .toList();
    return prepare(sides, values, types);
  }

  /** The same for some types and other values. */
  static TypeTables prepare(Sides sides, HostileValues values, List<BaseType> types)
      throws SQLException {
    var tables = new TypeTables(sides, types);
    sides.onBoth(resource("objects.sql"));
    tables.onMaster("create extension dblink", resource("workload.sql"));
    for (var type : types) {
      var i = 0;
      tables.onMaster(
          String.format("create table hostile.value_%s (i int, v %s)", type.name(), type.sql()));
      for (var value : values.of(type.name())) {
        tables.onMaster(
            String.format(
                "insert into hostile.value_%s values (%d, cast(%s as %s))",
                type.name(), ++i, value, type.sql()));
      }
    }
    return tables;
  }

  private void onMaster(String... statements) throws SQLException {
    try (var statement = sides.master().createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private List<BaseType> types(Shape shape) {
    return types.stream().filter(type -> shape != Shape.KEY || type.sorts()).toList();
  }

  static String resource(String name) {
    try (var stream = TypeTables.class.getResourceAsStream("/types/" + name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Creates the tables of a shape on both sides. */
  public void create(Shape shape) throws SQLException {
    sides.onBoth(ddl(shape));
  }

  /** Creates the tables of a shape on the master only. */
  public void createOnMaster(Shape shape) throws SQLException {
    onMaster(ddl(shape));
  }

  private String[] ddl(Shape shape) {
    return types(shape).stream()
        .map(type -> String.format(shape.ddl, type.name(), type.sql()))
        .toArray(String[]::new);
  }

  /** Tracks the tables of a shape. */
  public void track(Shape shape) throws SQLException {
    onMaster(
        types(shape).stream()
            .map(type -> "select replica.track('" + shape.table(type) + "')")
            .toArray(String[]::new));
  }

  /**
   * Changes every table in a session of its own.
   *
   * @param profile a number that no other change of these tables has
   * @param inTrigger whether a trigger does it, which captures treat with more care
   */
  public void change(Shape shape, int profile, HostileSettings settings, boolean inTrigger)
      throws SQLException {
    var sql =
        inTrigger
            ? "insert into hostile.bell values ('%s', '%s', %d)"
            : "do $do$ begin perform hostile.change_%s('%s', %d); end $do$";
    var statements = new ArrayList<>(settings.statements(sides.master()));
    for (var type : types(shape)) {
      statements.add(String.format(sql, shape.word(), type.name(), profile));
    }
    inSession(statements);
  }

  /** Executes in a session that the server itself opens: the driver bears no foreign settings. */
  private void inSession(List<String> statements) throws SQLException {
    onMaster(
        "select public.dblink_connect('hostile', format('hostaddr=127.0.0.1 port=%s dbname=%s"
            + " user=postgres', inet_server_port(), current_database()))");
    try (var execute = sides.master().prepareStatement("select public.dblink_exec('hostile', ?)")) {
      for (var statement : statements) {
        execute.setString(1, statement);
        execute.execute();
      }
    } finally {
      onMaster("select public.dblink_disconnect('hostile')");
    }
  }

  /** What differs between the sides: empty if every value is the same as text and as bytes. */
  public List<String> differences(Shape shape) throws SQLException {
    var differences = new ArrayList<String>();
    for (var type : types(shape)) {
      var query =
          "select t::text"
              + (type.binary() == null ? "" : ", " + shape.binary(type))
              + " from "
              + shape.table(type)
              + " t order by 1";
      var master = rows(sides.master(), query);
      var slave = rows(sides.slave(), query);
      if (master.isEmpty()) {
        differences.add(shape.table(type) + " is empty");
      }
      if (!master.equals(slave)) {
        var missing = new ArrayList<>(master);
        missing.removeAll(slave);
        var extra = new ArrayList<>(slave);
        extra.removeAll(master);
        differences.add(
            String.format(
                "%s: %d rows on the master, %d on the slave;\n  lacks %s\n  has   %s",
                shape.table(type), master.size(), slave.size(), cut(missing), cut(extra)));
      }
    }
    return differences;
  }

  private static String cut(List<String> rows) {
    var text = rows.toString();
    return text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "…" : text;
  }

  private static List<String> rows(Connection session, String query) throws SQLException {
    var rows = new ArrayList<String>();
    try (var statement = session.createStatement()) {
      statement.execute(PINNED);
      try (var result = statement.executeQuery(query)) {
        while (result.next()) {
          var row = new StringBuilder(result.getString(1));
          for (var i = 2; i <= result.getMetaData().getColumnCount(); i++) {
            row.append(' ').append(result.getString(i));
          }
          rows.add(row.toString());
        }
      }
    }
    return rows;
  }
}
