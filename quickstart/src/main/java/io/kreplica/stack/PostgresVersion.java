package io.kreplica.stack;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipFile;

/** The PostgreSQL versions at both ends of what KReplica supports. */
public enum PostgresVersion {
  /**
   * The oldest one, from the jar in the directory that the system property {@value
   * #OLDEST_PROPERTY} names; the integration tests' build puts it there.
   */
  OLDEST,

  /** The newest one, from the class path. */
  NEWEST;

  private static final String OLDEST_PROPERTY = "kreplica.postgres.oldest";
  // One instance, by which the extracted binaries are known.
  private static final PgBinaryResolver OLDEST_BINARIES = PostgresVersion::oldestBinary;

  PgBinaryResolver binaries() {
    return switch (this) {
      case OLDEST -> OLDEST_BINARIES;
      case NEWEST -> DefaultPostgresBinaryResolver.INSTANCE;
    };
  }

  private static InputStream oldestBinary(String system, String machine) throws IOException {
    var directory = System.getProperty(OLDEST_PROPERTY);
    if (directory == null) {
      throw new IOException(
          "Cannot find the oldest PostgreSQL: system property "
              + OLDEST_PROPERTY
              + " is not set. It names the directory of the jar with the binaries.");
    }
    for (var jar : jars(Path.of(directory))) {
      try (var zip = new ZipFile(jar.toFile())) {
        var archive = zip.stream().filter(e -> e.getName().endsWith(".txz")).findFirst();
        if (archive.isPresent()) {
          return new ByteArrayInputStream(zip.getInputStream(archive.get()).readAllBytes());
        }
      }
    }
    throw new IOException("Cannot find the oldest PostgreSQL: no binaries in " + directory);
  }

  private static List<Path> jars(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.filter(f -> f.toString().endsWith(".jar")).toList();
    }
  }
}
