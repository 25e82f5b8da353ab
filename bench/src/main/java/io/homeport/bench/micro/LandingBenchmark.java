package io.homeport.bench.micro;

import io.homeport.estate.Estate;
import io.homeport.estate.Landing;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to keep what a read took where it lies, until it is acknowledged: the read itself is left out. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class LandingBenchmark {
    /** Bytes that the read took. */
    @Param({"1024", "65536"})
    public int readBytes;

    private final Landing landing = Estate.unkept().landing();
    private long offset;

    /** A read is noted and kept, its frame is sent, the other end has it: what every read of a moved socket pays, in place of {@link JournalBenchmark}'s. */
    @Benchmark
    public int keepAndLetGo() {
        ByteBuf frame = landing.begin(42, (byte) 0, (byte) 1, offset += readBytes, readBytes);
        landing.took(readBytes);
        int place = landing.place();
        frame.release();
        landing.letGo(place);
        return place;
    }
}
