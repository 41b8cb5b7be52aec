package io.kreplica.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** A JVM's log of collections, from now on: what the heap held right after each of them. */
final class GcLog {

  private static final Pattern PAUSE = Pattern.compile("Pause .* \\d+M->(\\d+)M\\(");

  private final Path file;
  private final long skippedLines;

  GcLog(Path file) {
    this.file = file;
    try (var lines = Files.lines(file)) {
      this.skippedLines = lines.count();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  /** The most, in MiB, that the heap held after any collection since this was created. */
  long highestAfterCollection() {
    try (var lines = Files.lines(file)) {
      return lines
          .skip(skippedLines)
          .map(PAUSE::matcher)
          .filter(pause -> pause.find())
          .mapToLong(pause -> Long.parseLong(pause.group(1)))
          .max()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }
}
