package io.kreplica.sink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this build, as Connect shows it. */
final class Version {

  private Version() {}

  static String current() {
    var properties = new Properties();
    try (var in = Version.class.getResourceAsStream("/kreplica/sink.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }
}
