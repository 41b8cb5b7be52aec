package io.kreplica.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The connector's version, written into the jar by the build. */
final class Version {

  private static final String RESOURCE = "/kreplica/source.properties";

  private Version() {}

  static String text() {
    var properties = new Properties();
    try (var in = Version.class.getResourceAsStream(RESOURCE)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }
}
