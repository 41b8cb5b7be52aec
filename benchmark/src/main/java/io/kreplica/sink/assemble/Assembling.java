package io.kreplica.sink.assemble;

import io.kreplica.source.event.SampleBatch;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.sink.SinkRecord;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From the records of a batch to the changes that a slave is to apply. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Assembling {

  /** Whether records come with schemas, as Structs, or without, as Maps. */
  @Param({"false", "true"})
  public boolean schemas;

  private List<SinkRecord> records;

  /** Takes the records through the converters. */
  @Setup
  public void prepare() throws SQLException {
    records = new SampleBatch().arrived(schemas);
  }

  /** Per row. */
  @Benchmark
  @OperationsPerInvocation(SampleBatch.ROWS)
  public Work assemble() {
    return work(records);
  }

  /** The batch, assembled. */
  public static Work work(List<SinkRecord> records) {
    var assembler = new BatchAssembler("sample", true, 1 << 20, xid -> Optional.empty());
    assembler.startAt(Optional.empty());
    records.forEach(assembler::add);
    return assembler.takeComplete().orElseThrow();
  }
}
