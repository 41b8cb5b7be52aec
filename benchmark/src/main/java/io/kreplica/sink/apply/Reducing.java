package io.kreplica.sink.apply;

import io.kreplica.sink.assemble.Assembling;
import io.kreplica.sink.assemble.Work;
import io.kreplica.source.event.SampleBatch;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From changes to the last state of each row, and to the text of the arrays that hold them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Reducing {

  private Work work;

  /** Assembles the batch. */
  @Setup
  public void prepare() throws SQLException {
    work = Assembling.work(new SampleBatch().arrived(false));
  }

  /** Per row. */
  @Benchmark
  @OperationsPerInvocation(SampleBatch.ROWS)
  public List<Reduction.Step> reduce() {
    return Reduction.of(work.changes(), shape -> true);
  }

  /** Per row. */
  @Benchmark
  @OperationsPerInvocation(SampleBatch.ROWS)
  public int writeArrays() {
    var length = 0;
    for (var step : Reduction.of(work.changes(), shape -> true)) {
      for (var run : ((Reduction.Rows) step).runs()) {
        var columns = IntStream.range(0, run.shape().columns().size()).toArray();
        for (var array : TablePlan.arrays(run.rows(), columns)) {
          length += array.length();
        }
      }
    }
    return length;
  }
}
