package io.kreplica.e2e;

import io.kreplica.stack.ConnectWorker;
import io.kreplica.stack.Directories;
import java.nio.file.Path;
import java.util.Map;
import org.testcontainers.kafka.KafkaContainer;

/** PostgreSQL and Kafka in containers; only the worker is a process of this machine. */
final class ContainerBackend implements Backend {

  private static final String KAFKA_IMAGE = "apache/kafka:4.3.1";

  private final Path directory = Directories.createTemporary("kreplica-");
  private final KafkaContainer kafka = new KafkaContainer(KAFKA_IMAGE);
  private final ContainerDatabase master = new ContainerDatabase();
  private final ContainerDatabase slave = new ContainerDatabase();
  private final ConnectWorker worker;

  ContainerBackend(Map<String, String> workerSettings, String workerHeap) {
    kafka.start();
    master.start();
    slave.start();
    worker =
        ConnectWorker.start(directory, kafka.getBootstrapServers(), 0, workerHeap, workerSettings);
    worker.awaitReady();
  }

  @Override
  public Database master() {
    return master;
  }

  @Override
  public Database slave() {
    return slave;
  }

  @Override
  public ConnectWorker worker() {
    return worker;
  }

  @Override
  public String bootstrapServers() {
    return kafka.getBootstrapServers();
  }

  @Override
  public void close() {
    worker.close();
    slave.close();
    master.close();
    kafka.close();
    Directories.delete(directory);
  }
}
