package io.kreplica.stack;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the checked-out project lies: the directory that the system property {@value #PROPERTY}
 * names, or else the nearest one upwards of the working directory that holds KReplica's SQL.
 */
public final class ProjectRoot {

  private static final String PROPERTY = "kreplica.root";
  private static final String LANDMARK = "sql/master/install.sql";

  private ProjectRoot() {}

  /**
   * The root.
   *
   * @throws IllegalStateException if there is none
   */
  public static Path find() {
    var named = System.getProperty(PROPERTY);
    var start = Path.of(named == null ? "" : named).toAbsolutePath().normalize();
    for (var directory = start; directory != null; directory = directory.getParent()) {
      if (Files.exists(directory.resolve(LANDMARK))) {
        return directory;
      }
    }
    throw new IllegalStateException(
        "Cannot find the project's root: neither "
            + start
            + " nor a directory above it holds "
            + LANDMARK
            + ". Start in the project, or name it with -D"
            + PROPERTY);
  }

  /** A file or directory of the project. */
  public static Path resolve(String path) {
    return find().resolve(path);
  }

  /**
   * A file or directory that the build makes.
   *
   * @throws IllegalStateException if it is not there
   */
  public static Path resolveBuilt(String path) {
    var file = resolve(path);
    if (!Files.exists(file)) {
      throw new IllegalStateException(
          "Cannot find " + file + ". Build the project first: mvn -DskipTests package");
    }
    return file;
  }
}
