package io.homeport.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.homeport.bench.figures.Machine;
import io.homeport.bench.moves.MovesPlan;
import io.homeport.bench.moves.MovesReport;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code homeport bench moves}. */
@Command(
        name = "moves",
        mixinStandardHelpOptions = true,
        description = {
            "Moves an echo service round a lab of its own (alpha, beta, gamma, alpha ...) while clients on this machine ping it.",
            "Beside every move, a JVM without connections is checkpointed and restored by hand: the floor. Compare the ratios."
        })
final class MovesCommand implements Callable<Integer> {
    @Option(names = "--moves", defaultValue = "10", description = "Moves for each number of connections; the first does not count (${DEFAULT-VALUE}).")
    private int moves;

    @Option(names = "--connections", split = ",", defaultValue = "6,100", description = "Numbers of connections (${DEFAULT-VALUE}): a service for each, moved in turn.")
    private List<Integer> connections;

    @Option(names = "--heap-mb", defaultValue = "50", description = "Live data of the service in MB (${DEFAULT-VALUE}).")
    private int heapMb;

    @Option(names = "--interval-ms", defaultValue = "5", description = "Time between two pings of a connection (${DEFAULT-VALUE}).")
    private double intervalMs;

    @Option(
            names = "--most-pings",
            defaultValue = "2000",
            description = "Pings a second of all connections; more connections ping more rarely (${DEFAULT-VALUE}).")
    private int mostPings;

    @Option(names = "--seed", description = "For the order within each pair and the pauses; printed.")
    private Long seed;

    @Option(names = "--java", description = "The Java that the service runs on; this one by default.")
    private String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @Option(names = "--criu", description = "CRIU for what is done by hand; by default the one that Homeport uses.")
    private Path criu;

    @Option(
            names = "--tcp-established",
            description = "Also move another service, with as many clients, between alpha and beta by criu --tcp-established; its address goes along.")
    private boolean tcpEstablished;

    @Option(names = "--json", description = "Say only one JSON object on standard output.")
    private boolean json;

    @Option(names = "--markdown", description = "Print tables for docs/performance.md.")
    private boolean markdown;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        MovesPlan plan = plan();
        String machine = Machine.describe();
        System.err.println("on " + machine + ", --seed " + plan.seed());
        List<MovesReport> reports = new Measurements(java, System.err::println).moves(plan);
        if (json) {
            System.out.println(new ObjectMapper().writeValueAsString(json(machine, plan.seed(), reports)));
        } else {
            System.out.println(heapMb + " MB of live data, on " + machine);
            for (MovesReport report : reports) {
                System.out.println("\n" + report.title() + "\n");
                System.out.print(markdown ? report.table().markdown() : report.table().text());
            }
        }
        return 0;
    }

    private MovesPlan plan() {
        try {
            long usedSeed = seed == null ? System.nanoTime() : seed;
            return new MovesPlan(connections, moves, heapMb, intervalMs, mostPings, tcpEstablished, criu, usedSeed);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), wrong.getMessage());
        }
    }

    private Map<String, Object> json(String machine, long usedSeed, List<MovesReport> reports) {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("machine", machine);
        whole.put("seed", usedSeed);
        whole.put("heapMb", heapMb);
        whole.put("runs", reports.stream().map(MovesReport::json).toList());
        return whole;
    }
}
