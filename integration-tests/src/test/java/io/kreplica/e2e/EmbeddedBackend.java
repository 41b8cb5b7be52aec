package io.kreplica.e2e;

import io.kreplica.stack.ConnectWorker;
import io.kreplica.stack.KafkaBroker;
import io.kreplica.stack.ReplicationStack;
import io.kreplica.stack.TcpProxy;
import java.util.Map;

/**
 * All servers as processes of this machine. With {@code -Dkreplica.keep.files=true} their data and
 * logs outlive the test.
 */
final class EmbeddedBackend implements Backend {

  private final ReplicationStack stack;

  EmbeddedBackend(Map<String, String> workerSettings, String workerHeap) {
    this(builder(workerSettings).workerHeap(workerHeap));
  }

  private EmbeddedBackend(ReplicationStack.Builder builder) {
    stack = builder.start();
  }

  /** Servers whose worker reaches the broker through a network. */
  static EmbeddedBackend withFarBroker(Map<String, String> workerSettings) {
    return new EmbeddedBackend(builder(workerSettings).farBroker());
  }

  private static ReplicationStack.Builder builder(Map<String, String> workerSettings) {
    var builder =
        ReplicationStack.builder()
            .postgres(EmbeddedDatabase.version())
            .keepFiles(Boolean.getBoolean("kreplica.keep.files"));
    workerSettings.forEach(builder::workerSetting);
    return builder;
  }

  /** The broker, to be ended, suspended and started again. */
  KafkaBroker broker() {
    return stack.broker();
  }

  /** What lies between the worker and a far broker. */
  TcpProxy toBroker() {
    return stack.toBroker();
  }

  @Override
  public Database master() {
    return new EmbeddedDatabase(stack.master());
  }

  @Override
  public Database slave() {
    return new EmbeddedDatabase(stack.slave());
  }

  @Override
  public ConnectWorker worker() {
    return stack.worker();
  }

  @Override
  public String bootstrapServers() {
    return stack.broker().bootstrapServers();
  }

  @Override
  public void close() {
    stack.close();
  }
}
