package io.homeport.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.homeport.bench.figures.Machine;
import io.homeport.bench.figures.Table;
import io.homeport.bench.idle.IdleReport;
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

/** {@code homeport bench idle}. */
@Command(
        name = "idle",
        mixinStandardHelpOptions = true,
        description = {
            "Memory that an idle connection of a moved service takes in the two daemons that hold it.",
            "A service is moved from alpha to beta with few and with many connections; what one takes is the slope between the two."
        })
final class IdleCommand implements Callable<Integer> {
    @Option(
            names = "--connections",
            split = ",",
            defaultValue = "1000,9192",
            description = {
                "At least two numbers of connections (${DEFAULT-VALUE}).",
                "8192 between them: what the JIT takes differs by megabytes from run to run, and tmpfs gives 4096 slots at a time."
            })
    private List<Integer> connections;

    @Option(names = "--rounds", defaultValue = "3", description = "How often each is measured, in a new lab each time (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--classes", description = "Tell, too, which classes' objects take most.")
    private boolean classes;

    @Option(names = "--java", description = "The Java that the service runs on; this one by default.")
    private String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @Option(names = "--json", description = "Say only one JSON object on standard output.")
    private boolean json;

    @Option(names = "--markdown", description = "Print tables for docs/performance.md.")
    private boolean markdown;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (rounds < 1 || connections.stream().anyMatch(count -> count < 1) || connections.stream().distinct().count() < 2) {
            throw new ParameterException(spec.commandLine(), "at least 1 round and two different numbers of connections, e.g. 1000,9192");
        }
        String machine = Machine.describe();
        System.err.println("on " + machine);
        IdleReport report = new Measurements(java, System.err::println).idle(connections.stream().distinct().toList(), rounds);
        if (json) {
            Map<String, Object> whole = new LinkedHashMap<>();
            whole.put("machine", machine);
            whole.putAll(report.json());
            System.out.println(new ObjectMapper().writeValueAsString(whole));
            return 0;
        }
        System.out.println("on " + machine);
        System.out.println("slope between the least and the most of " + connections + " connections, median (least to most) of " + rounds + " rounds\n");
        print(report.table());
        if (classes) {
            System.out.println();
            print(report.classes());
        }
        return 0;
    }

    private void print(Table table) {
        System.out.print(markdown ? table.markdown() : table.text());
    }
}
