package io.homeport.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.homeport.bench.figures.Machine;
import io.homeport.bench.soak.FaultKind;
import io.homeport.bench.soak.SoakPlan;
import io.homeport.bench.soak.SoakReport;
import io.homeport.bench.soak.SoakRun;
import io.homeport.lab.Lab;
import io.homeport.lab.LabPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code homeport bench soak}. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = {
            "Moves small services round a lab of its own under checked load, with faults from a seed, and prints a line for each kind:",
            "moves tried, services that survived, bytes lost and doubled, copies that ran twice, connections that broke.",
            "Exit status 0 only if there is none of these. docs/reliability.md keeps the tables."
        })
final class SoakCommand implements Callable<Integer> {
    @Option(names = "--moves", defaultValue = "100", description = "Moves to try (${DEFAULT-VALUE}).")
    private int moves;

    @Option(names = "--seed", description = "For faults, moments, load and ways; printed.")
    private Long seed;

    @Option(names = "--services", defaultValue = "3", description = "Services, of which up to all move at once (${DEFAULT-VALUE}).")
    private int services;

    @Option(names = "--faults", split = ",", paramLabel = "KIND", description = "Only these kinds; all by default: ${COMPLETION-CANDIDATES}.",
            completionCandidates = Kinds.class)
    private List<String> faults = List.of();

    @Option(names = "--java", description = "The Java that the services run on; this one by default.")
    private String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @Option(names = "--json", description = "Say one JSON object on the last line of standard output.")
    private boolean json;

    @Option(names = "--markdown", description = "Print the table for docs/reliability.md.")
    private boolean markdown;

    @Spec
    private CommandSpec spec;

    /** For the help. */
    static final class Kinds extends java.util.ArrayList<String> {
        private static final long serialVersionUID = 1;

        Kinds() {
            FaultKind.parse(List.of()).forEach(kind -> add(kind.name()));
        }
    }

    @Override
    public Integer call() throws Exception {
        if (moves < 1 || services < 1) {
            throw new ParameterException(spec.commandLine(), "at least 1 move and 1 service");
        }
        SoakPlan plan = plan();
        System.err.println("on " + Machine.describe() + ", --seed " + plan.seed());
        LabPlan labPlan = LabPlan.of("alpha", "beta", "gamma").withName("soak-" + ProcessHandle.current().pid());
        // Ctrl-C must not leave three nodes behind.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Lab.down(labPlan.name())));
        SoakReport report;
        try (Lab lab = Lab.up(labPlan)) {
            report = new SoakRun(lab, plan, System.err::println).run();
        }
        System.out.print(markdown ? report.table().markdown() : report.table().text());
        System.out.println(report.summary());
        report.problems().forEach(System.out::println);
        if (json) {
            System.out.println(new ObjectMapper().writeValueAsString(report.json()));
        }
        return report.clean() ? 0 : 1;
    }

    private SoakPlan plan() {
        try {
            long used = seed == null ? System.nanoTime() : seed;
            return new SoakPlan(moves, used, services, FaultKind.parse(faults), java, ServiceClassPath.jar().toString());
        } catch (IllegalArgumentException unknown) {
            throw new ParameterException(spec.commandLine(), unknown.getMessage());
        }
    }
}
