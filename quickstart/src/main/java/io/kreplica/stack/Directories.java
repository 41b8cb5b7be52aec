package io.kreplica.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;

/** The fresh directories that servers live in. */
public final class Directories {

  private Directories() {}

  /** Creates a fresh directory for temporary files. */
  public static Path createTemporary(String prefix) {
    try {
      return Files.createTempDirectory(prefix);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot create a temporary directory", e);
    }
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
