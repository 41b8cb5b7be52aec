package io.kreplica.source.event;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** What the converter costs on either side: Connect's own work, not KReplica's. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Conversion {

  private static final String TOPIC = "replica.sample";

  /** Whether the converter writes the schema into each record. */
  @Param({"false", "true"})
  public boolean schemas;

  private final List<byte[]> bytes = new ArrayList<>();
  private JsonConverter converter;
  private List<SourceRecord> records;

  /** Converts once, so that there is something to read. */
  @Setup
  public void prepare() throws SQLException {
    converter = SampleBatch.converter(false, schemas);
    records = new SampleBatch().changes();
    for (var record : records) {
      bytes.add(converter.fromConnectData(TOPIC, record.valueSchema(), record.value()));
    }
  }

  /** Per row, its value alone. */
  @Benchmark
  @OperationsPerInvocation(SampleBatch.ROWS)
  public void write(Blackhole sink) {
    for (var record : records) {
      sink.consume(converter.fromConnectData(TOPIC, record.valueSchema(), record.value()));
    }
  }

  /** Per row, its value alone. */
  @Benchmark
  @OperationsPerInvocation(SampleBatch.ROWS)
  public void read(Blackhole sink) {
    for (var value : bytes) {
      sink.consume(converter.toConnectData(TOPIC, value));
    }
  }
}
