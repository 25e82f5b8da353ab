package io.homeport.bench.micro;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * 64 bytes there and back over loopback, within one JVM that has the agent or has it not: {@link MicroRun} forks both kinds in turn.
 * The agent must cost nothing before a move.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class IdleAgentBenchmark {
    /** System property of the JVMs that were given the agent. */
    static final String AGENT = "homeport.bench.agent";

    /** Which of the JDK's sockets. */
    @Param
    public Transport transport;

    /** The two ways in which most applications use sockets. */
    public enum Transport {
        /** java.net.Socket, a thread blocked in read. */
        SOCKET,
        /** SocketChannel with a Selector. */
        SELECTOR
    }

    private PingPong pingPong;

    /** Connects both ends. @throws IllegalStateException if the agent was asked for and has stepped aside, or the reverse */
    @Setup
    public void connect() throws IOException {
        if (agentWaits() != Boolean.getBoolean(AGENT)) {
            throw new IllegalStateException("an agent waits: " + agentWaits());
        }
        pingPong = transport == Transport.SOCKET ? new BlockingPingPong() : new SelectorPingPong();
    }

    /** Closes them. */
    @TearDown
    public void close() throws IOException {
        pingPong.close();
    }

    /** One message and its answer. */
    @Benchmark
    public int pingPong() throws IOException {
        return pingPong.play();
    }

    /** By its thread's name in /proc, as the daemon finds it. */
    private static boolean agentWaits() throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path thread : threads.toList()) {
                if (Files.readString(thread.resolve("comm")).startsWith("homeport@")) {
                    return true;
                }
            }
        }
        return false;
    }
}
