package io.homeport.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.homeport.bench.contender.Contender;
import io.homeport.bench.contender.MissingPrograms;
import io.homeport.bench.figures.Machine;
import io.homeport.bench.figures.Table;
import io.homeport.bench.tomcat.TomcatPlan;
import io.homeport.bench.tomcat.TomcatReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code homeport bench tomcat}. */
@Command(
        name = "tomcat",
        mixinStandardHelpOptions = true,
        description = {
            "Requests of wrk on 64 connections to a Tomcat: with and without the agent, moved, and unmoved behind HAProxy, in turn.",
            "Compare the ratios: everything in one run was measured in turn on the same machine."
        })
final class TomcatCommand implements Callable<Integer> {
    private static final int LACKING = 5;

    @Option(
            names = "--contenders",
            split = ",",
            paramLabel = "NAME",
            description = "Which ones, separated by commas (all of: bare, unmoved, direct, haproxy1, haproxy2, homeport-plain, homeport).")
    private List<String> contenders = TomcatPlan.USUAL.stream().map(Contender::toString).toList();

    @Option(names = "--rounds", defaultValue = "5", description = "How often each contender is measured (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "3", description = "For how long each time (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--warm-up", paramLabel = "SECONDS", defaultValue = "10", description = "Load on each before anything counts (${DEFAULT-VALUE}).")
    private int warmUpSeconds;

    @Option(names = "--java", description = "The Java that Tomcat runs on; this one by default.")
    private String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @Option(names = "--json", description = "Say only one JSON object on standard output.")
    private boolean json;

    @Option(names = "--markdown", description = "Print tables for docs/performance.md.")
    private boolean markdown;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        TomcatPlan wanted = plan();
        String path = System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        if (!MissingPrograms.installed("wrk", path)) {
            System.err.println("homeport bench: wrk is not installed (apt-get install wrk)");
            return LACKING;
        }
        MissingPrograms missing = MissingPrograms.of(wanted.contenders(), path);
        String machine = Machine.describe();
        System.err.println("on " + machine);
        missing.note().ifPresent(System.err::println);
        TomcatReport report = new Measurements(java, System.err::println).tomcat(wanted.without(missing.contenders()));
        String busy = Machine.describe().replaceAll(".*load average ", "load average at the end ");
        print(report, machine + ", " + busy, missing);
        return 0;
    }

    private TomcatPlan plan() {
        try {
            return new TomcatPlan(contenders.stream().map(Contender::parse).toList(), rounds, seconds, warmUpSeconds);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), wrong.getMessage());
        }
    }

    private void print(TomcatReport report, String machine, MissingPrograms missing) throws IOException {
        List<String> notes = new ArrayList<>();
        report.plan().contenders().forEach(contender -> notes.add(contender + ": " + contender.text()));
        missing.note().ifPresent(notes::add);
        if (json) {
            Map<String, Object> whole = new LinkedHashMap<>();
            whole.put("machine", machine);
            whole.put("notes", notes);
            whole.putAll(report.json());
            System.out.println(new ObjectMapper().writeValueAsString(whole));
            return;
        }
        System.out.println("on " + machine);
        System.out.println("wrk -t1 -c64, median (least to most) of " + rounds + " rounds of " + seconds + " s, each contender in turn\n");
        Table table = report.table();
        System.out.println(markdown ? table.markdown() : table.text());
        notes.forEach(note -> System.out.println(markdown ? "- " + note : note));
    }
}
