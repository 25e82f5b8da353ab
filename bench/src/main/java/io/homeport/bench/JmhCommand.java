package io.homeport.bench;

import io.homeport.bench.figures.Machine;
import io.homeport.bench.figures.Spread;
import io.homeport.bench.figures.Table;
import io.homeport.bench.micro.MicroRun;
import io.homeport.config.Installation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code homeport bench jmh}. */
@Command(
        name = "jmh",
        mixinStandardHelpOptions = true,
        description = "The frame codec, the journal, and what a JVM pays for an idle agent.")
final class JmhCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", defaultValue = "", paramLabel = "FILTER", description = "Regular expression for benchmarks' names, e.g. Journal.")
    private String filter;

    @Option(names = "--rounds", defaultValue = "3", description = "Forks of each benchmark, pairs of forks for the agent (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--markdown", description = "Print tables for docs/performance.md.")
    private boolean markdown;

    @Override
    public Integer call() throws Exception {
        Path logs = Files.createTempDirectory("homeport-bench-jmh-");
        System.err.println("JMH's own words: " + logs);
        String machine = Machine.describe();
        MicroRun run = new MicroRun(filter, rounds, logs, what -> System.err.println("measuring " + what));
        List<MicroRun.Row> parts = run.parts();
        List<MicroRun.Comparison> comparisons = agent(run);
        System.out.println("on " + machine);
        if (!parts.isEmpty()) {
            print(parts(parts));
        }
        if (!comparisons.isEmpty()) {
            print(agent(comparisons));
        }
        return parts.isEmpty() && comparisons.isEmpty() ? nothing() : 0;
    }

    private static List<MicroRun.Comparison> agent(MicroRun run) throws Exception {
        Path jar = Installation.find().agentJar();
        if (!Files.exists(jar)) {
            System.err.println("without " + jar + " the agent's cost cannot be measured: build it (mvn package)");
            return List.of();
        }
        return run.agent(jar, ServiceClassPath.withJmh());
    }

    private static Table parts(List<MicroRun.Row> rows) {
        Table table = new Table("benchmark", "median", "least", "most", "unit", "allocated B/op");
        rows.forEach(row -> table.row(row.name(), row.time(), row.unit(), bytes(row)));
        return table;
    }

    private static Table agent(List<MicroRun.Comparison> comparisons) {
        Table table = new Table("benchmark", "median", "least", "most", "unit", "allocated B/op");
        for (MicroRun.Comparison comparison : comparisons) {
            MicroRun.Row without = comparison.without();
            MicroRun.Row with = comparison.with();
            table.row(comparison.name() + ", no agent", without.time(), without.unit(), bytes(without));
            table.row(comparison.name() + ", agent", with.time(), with.unit(), bytes(with));
            table.row(comparison.name() + ", ratio", comparison.ratio(), "x", "");
        }
        return table;
    }

    private static String bytes(MicroRun.Row row) {
        // The profiler counts its own threads too: a few thousandths of a byte are none.
        return row.allocatedBytes() < 0.05 ? "0" : Spread.digits(row.allocatedBytes());
    }

    private void print(Table table) {
        System.out.println();
        System.out.print(markdown ? table.markdown() : table.text());
    }

    private int nothing() {
        System.err.println("no benchmark's name matches '" + filter + "'");
        return 1;
    }
}
