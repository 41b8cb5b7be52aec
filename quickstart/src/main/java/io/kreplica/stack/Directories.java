package io.kreplica.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;

/** The fresh directories that servers live in. */
public final class Directories {

  // Some servers with a gigabyte of log each.
  private static final long LEAST_SPACE = 4L << 30;

  private Directories() {}

  /**
   * Creates a fresh directory for temporary files: in the directory that the system property {@code
   * kreplica.temporary} names, such as one in memory, if it can be written and has 4 GB to spare;
   * else where Java keeps such files.
   */
  public static Path createTemporary(String prefix) {
    var wanted = System.getProperty("kreplica.temporary", "");
    try {
      return !wanted.isEmpty() && isSpacious(Path.of(wanted))
          ? Files.createTempDirectory(Path.of(wanted), prefix)
          : Files.createTempDirectory(prefix);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot create a temporary directory", e);
    }
  }

  private static boolean isSpacious(Path directory) throws IOException {
    return Files.isDirectory(directory)
        && Files.isWritable(directory)
        && Files.getFileStore(directory).getUsableSpace() >= LEAST_SPACE;
  }

  /** Creates the directory, and those above it, where they are missing. */
  public static Path create(Path directory) {
    try {
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot create directory " + directory, e);
    }
  }

  /** Deletes the directory with all that is in it, if it is there. */
  public static void delete(Path directory) {
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      // Gone already, as wished.
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete directory " + directory, e);
    }
  }
}
