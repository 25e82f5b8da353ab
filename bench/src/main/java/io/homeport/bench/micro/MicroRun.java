package io.homeport.bench.micro;

import io.homeport.bench.figures.Spread;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs the benchmarks of this package, one JVM after the other. One thread.
 *
 * <pre>
 *   FrameCodec, Journal:  fork, fork, ...
 *   IdleAgent:            without, with | with, without | ...   a pair in every round, the order changes
 * </pre>
 */
public final class MicroRun {
    /** Bytes allocated per operation, as JMH's gc profiler names it . */
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    /** Where JMH looks for the class path of the JVMs that it forks (org.openjdk.jmh.runner.Runner). */
    private static final String CLASS_PATH = "java.class.path";

    private final String filter;
    private final int rounds;
    private final Path logs;
    private final Consumer<String> progress;
    private int runs;

    /**
     * @param filter a regular expression for benchmarks' names, as in JMH
     * @param rounds forks of a benchmark; pairs of forks where two kinds of JVM are compared
     * @param logs directory where JMH's own words go
     * @param progress told what is measured now
     */
    public MicroRun(String filter, int rounds, Path logs, Consumer<String> progress) {
        this.filter = filter;
        this.rounds = rounds;
        this.logs = logs;
        this.progress = progress;
    }

    /** What was measured of one benchmark with one set of parameters. @param unit of time per operation */
    public record Row(String name, Spread time, String unit, double allocatedBytes) {}

    /** What one benchmark took in JVMs without and with the agent, the ratio being that of the pairs. */
    public record Comparison(String name, Row without, Row with, Spread ratio) {}

    /** Runs everything but {@link IdleAgentBenchmark}. */
    public List<Row> parts() throws RunnerException, IOException {
        List<Row> rows = new ArrayList<>();
        for (Class<?> benchmark : List.of(FrameCodecBenchmark.class, JournalBenchmark.class, LandingBenchmark.class)) {
            if (chosen(benchmark)) {
                progress.accept(benchmark.getSimpleName() + ", " + rounds + " fork(s) each");
                OptionsBuilder options = options(benchmark);
                options.forks(rounds);
                if (benchmark == FrameCodecBenchmark.class) {
                    options.jvmArgsAppend(EventLoopThreads.OPTIONS);
                }
                measure(options).forEach((name, result) -> rows.add(row(name, List.of(result))));
            }
        }
        return rows;
    }

    /**
     * Runs {@link IdleAgentBenchmark} without and with the agent; nothing if the filter leaves it out.
     *
     * @param classPath for both kinds of JVM: with JMH, this module's classes and nothing of Homeport
     */
    public List<Comparison> agent(Path agentJar, String classPath) throws RunnerException, IOException {
        String ownClassPath = System.getProperty(CLASS_PATH);
        System.setProperty(CLASS_PATH, classPath);
        try {
            return agent(agentJar);
        } finally {
            System.setProperty(CLASS_PATH, ownClassPath);
        }
    }

    private List<Comparison> agent(Path agentJar) throws RunnerException, IOException {
        Map<String, List<RunResult>> without = new TreeMap<>();
        Map<String, List<RunResult>> with = new TreeMap<>();
        for (int round = 0; round < rounds && chosen(IdleAgentBenchmark.class); round++) {
            for (boolean agent : round % 2 == 0 ? new boolean[] {false, true} : new boolean[] {true, false}) {
                progress.accept("IdleAgentBenchmark, round " + (round + 1) + " of " + rounds + (agent ? ", with" : ", without") + " the agent");
                OptionsBuilder options = options(IdleAgentBenchmark.class);
                if (agent) {
                    options.jvmArgsAppend("-javaagent:" + agentJar, "-D" + IdleAgentBenchmark.AGENT + "=true");
                }
                Map<String, List<RunResult>> side = agent ? with : without;
                measure(options).forEach((name, result) -> side.computeIfAbsent(name, n -> new ArrayList<>()).add(result));
            }
        }
        List<Comparison> comparisons = new ArrayList<>();
        without.forEach((name, results) -> comparisons.add(compare(name, results, with.get(name))));
        return comparisons;
    }

    /** The JVM options of the parent pom, which Maven wrote into a resource. */
    static String[] jvmOptions() throws IOException {
        try (InputStream in = MicroRun.class.getResourceAsStream("jvm-options.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip().split("\\s+");
        }
    }

    private boolean chosen(Class<?> benchmark) {
        return Arrays.stream(benchmark.getMethods())
                .filter(method -> method.isAnnotationPresent(Benchmark.class))
                .anyMatch(method -> pattern().matcher(benchmark.getName() + "." + method.getName()).find());
    }

    private Pattern pattern() {
        return Pattern.compile(filter);
    }

    private OptionsBuilder options(Class<?> benchmark) throws IOException {
        OptionsBuilder options = new OptionsBuilder();
        // JMH takes the benchmarks that match any of its patterns: one has to say both things.
        options.include("(?=.*(?:" + filter + "))^" + benchmark.getName().replace(".", "\\.") + "\\.")
                .addProfiler(GCProfiler.class)
                .jvmArgs(jvmOptions())
                .jvmArgsPrepend("-Xms256m", "-Xmx256m", "-Dlogback.configurationFile=io/homeport/bench/micro/quiet-logback.xml")
                .shouldFailOnError(true)
                .output(logs.resolve(++runs + ".log").toString());
        return options;
    }

    private static Map<String, RunResult> measure(OptionsBuilder options) throws RunnerException {
        Map<String, RunResult> named = new TreeMap<>();
        for (RunResult result : new Runner(options.build()).run()) {
            named.put(name(result.getParams()), result);
        }
        return named;
    }

    private static Comparison compare(String name, List<RunResult> without, List<RunResult> with) {
        return new Comparison(name, row(name, without), row(name, with), Spread.ofRatios(medians(with), medians(without)));
    }

    private static List<Double> medians(List<RunResult> results) {
        return results.stream().map(result -> result.getPrimaryResult().getStatistics().getPercentile(50)).toList();
    }

    private static Row row(String name, List<RunResult> results) {
        List<Double> iterations = new ArrayList<>();
        List<Double> allocated = new ArrayList<>();
        for (RunResult result : results) {
            Statistics statistics = result.getPrimaryResult().getStatistics();
            statistics.getRawData().forEachRemaining(entry -> {
                for (long i = 0; i < entry.getValue(); i++) {
                    iterations.add(entry.getKey());
                }
            });
            result.getSecondaryResults().forEach((label, value) -> {
                if (label.endsWith(ALLOCATED)) {
                    allocated.add(score(value));
                }
            });
        }
        String unit = results.get(0).getPrimaryResult().getScoreUnit();
        return new Row(name, Spread.of(iterations), unit, allocated.isEmpty() ? Double.NaN : Spread.of(allocated).median());
    }

    private static double score(Result<?> result) {
        return result.getScore();
    }

    private static String name(BenchmarkParams params) {
        String whole = params.getBenchmark();
        String method = whole.substring(whole.lastIndexOf('.', whole.lastIndexOf('.') - 1) + 1).replace("Benchmark.", ".");
        StringBuilder name = new StringBuilder(method);
        for (String key : params.getParamsKeys()) {
            name.append(' ').append(params.getParam(key).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }
}
