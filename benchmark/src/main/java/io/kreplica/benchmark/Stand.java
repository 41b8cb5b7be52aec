package io.kreplica.benchmark;

import io.kreplica.stack.ConnectRestException;
import io.kreplica.stack.ReplicationStack;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The servers, and who is measured on them. */
final class Stand {

  private final ReplicationStack stack;
  private final Options options;
  private boolean isFailed;

  Stand(ReplicationStack stack, Options options) {
    this.stack = stack;
    this.options = options;
  }

  /** What is done in a laboratory. */
  @FunctionalInterface
  interface Experiment {
    List<Figure> run(Laboratory laboratory) throws SQLException;
  }

  ReplicationStack stack() {
    return stack;
  }

  /** KReplica, and its peers. */
  List<Contender> contenders() {
    return Arrays.stream(Contender.values()).filter(options::has).toList();
  }

  /** Whether a peer was asked for. */
  boolean wants(String peer) {
    return options.peers().contains(peer);
  }

  /** How often each is measured. */
  int rounds() {
    return options.rounds();
  }

  /** Lets a replication do something in a laboratory; empty, after a message, if it failed. */
  Optional<List<Figure>> inLaboratory(String name, Contender contender, Experiment experiment)
      throws SQLException {
    try (var laboratory = new Laboratory(stack, name, contender)) {
      return Optional.of(experiment.run(laboratory));
    } catch (IllegalStateException | ConnectRestException e) {
      fail(contender.title(), e);
      return Optional.empty();
    }
  }

  /** Tells that something could not be measured, and leaves what may explain it. */
  void fail(String what, RuntimeException e) {
    isFailed = true;
    stack.keepFiles();
    System.out.println("  " + what + " FAILED: " + e.getMessage());
    System.out.println("  Data and logs stay in " + stack.directory());
  }

  /** Whether anything has failed so far. */
  boolean isFailed() {
    return isFailed;
  }
}
