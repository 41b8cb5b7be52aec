package io.kreplica;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kreplica.stack.Directories;
import java.io.IOException;
import java.nio.file.Path;

/** A disk of 8 MB, in memory, where this user may mount one. */
public final class SmallDisk implements AutoCloseable {

  private final Path path = Directories.createTemporary("kreplica-disk-");

  private SmallDisk() {}

  /** Mounts one; where that is not permitted the test is skipped, and says so. */
  public static SmallDisk mount(String test) throws IOException {
    var disk = new SmallDisk();
    var isMounted = isDone("mount", "-t", "tmpfs", "-o", "size=8m", "none", disk.path.toString());
    if (!isMounted) {
      Directories.delete(disk.path);
      System.out.println(test + " IS SKIPPED: this user may not mount a tmpfs");
    }
    assumeTrue(isMounted, "mount is not permitted");
    return disk;
  }

  public Path path() {
    return path;
  }

  /** Makes room for 256 MB. */
  public void grow() throws IOException {
    if (!isDone("mount", "-o", "remount,size=256m", path.toString())) {
      throw new IOException("Cannot make the disk at " + path + " larger");
    }
  }

  private static boolean isDone(String... command) throws IOException {
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted in " + String.join(" ", command), e);
    }
  }

  /** Whoever has files open there is to be ended before. */
  @Override
  public void close() throws IOException {
    if (!isDone("umount", path.toString())) {
      throw new IOException("Cannot unmount " + path);
    }
    Directories.delete(path);
  }
}
