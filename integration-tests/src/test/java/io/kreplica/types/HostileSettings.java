package io.kreplica.types;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Settings that change how a session writes and reads values. Each profile is one that somebody has
 * somewhere.
 */
public enum HostileSettings {
  GERMAN(
      """
      DateStyle = 'German'
      IntervalStyle = 'sql_standard'
      bytea_output = 'escape'
      extra_float_digits = '-15'
      TimeZone = 'America/St_Johns'
      lc_monetary = 'ja_JP.utf8'
      xmloption = 'document'
      array_nulls = 'off'
      search_path = hostile, types
      """),
  SQL_DMY(
      """
      DateStyle = 'SQL, DMY'
      IntervalStyle = 'iso_8601'
      bytea_output = 'escape'
      extra_float_digits = '0'
      TimeZone = 'Asia/Kathmandu'
      quote_all_identifiers = 'on'
      lc_monetary = 'de_DE.utf8'
      """),
  OLD_CLIENT(
      """
      DateStyle = 'Postgres, MDY'
      IntervalStyle = 'postgres_verbose'
      standard_conforming_strings = 'off'
      client_encoding = 'LATIN1'
      extra_float_digits = '3'
      TimeZone = '<-15:59>+15:59'
      search_path = \"Hostile \""schema\""\", pg_catalog
      transform_null_equals = 'on'
      """),
  PLAIN("TimeZone = 'UTC'");

  private final String settings;

  HostileSettings(String settings) {
    this.settings = settings;
  }

  /** The statements that set them in a session; without those that the server does not have. */
  List<String> statements(Connection server) throws SQLException {
    var statements = new ArrayList<String>();
    for (var setting : settings.lines().toList()) {
      if (takes(server, setting)) {
        statements.add("set " + setting);
      }
    }
    return statements;
  }

  /** Makes these the settings that sessions of a database start with. */
  void applyTo(Connection server, String database) throws SQLException {
    try (var alter = server.createStatement()) {
      for (var set : statements(server)) {
        alter.execute("alter database " + database + " " + set);
      }
    }
  }

  private static boolean takes(Connection session, String setting) throws SQLException {
    var name = setting.substring(0, setting.indexOf(' '));
    try (var statement = session.createStatement()) {
      try (var exists =
          statement.executeQuery("select from pg_settings where name = '" + name + "'")) {
        if (!exists.next()) {
          return false;
        }
      }
      if (name.equals("lc_monetary")) {
        statement.execute("set " + setting);
        statement.execute("reset " + name);
      }
      return true;
    } catch (SQLException noSuchLocale) {
      return false;
    }
  }
}
