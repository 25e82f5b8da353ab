package io.homeport.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.homeport.bench.contender.Contender;
import io.homeport.bench.contender.MissingPrograms;
import io.homeport.bench.figures.Machine;
import io.homeport.bench.figures.Table;
import io.homeport.bench.load.Work;
import io.homeport.bench.relay.Ratios;
import io.homeport.bench.relay.RelayPlan;
import io.homeport.bench.relay.RelayPlots;
import io.homeport.bench.relay.RelayReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code homeport bench relay}. */
@Command(
        name = "relay",
        mixinStandardHelpOptions = true,
        description = {
            "What a moved process pays for its detour, beside HAProxy, socat, stunnel and a bare Netty relay, in turn on the same work.",
            "Compare the ratios: everything in one run was measured in turn on the same machine."
        })
final class RelayCommand implements Callable<Integer> {
    @Option(names = "--contenders", split = ",", paramLabel = "NAME", description = "Which ones, separated by commas (all of: "
            + "direct, bare, unmoved, haproxy1, haproxy2, socat, netty, stunnel, homeport-plain, homeport). Only when named, other designs "
            + "for the data path: netty-spin, agrona, agrona-wait.")
    private List<String> contenders = Contender.usual().stream().map(Contender::toString).toList();

    @Option(names = "--work", split = ",", paramLabel = "NAME", description = "Which work (all of: ping, paced, up, down, streams, requests).")
    private List<String> works = Arrays.stream(Work.values()).map(Work::toString).toList();

    @Option(names = "--rounds", defaultValue = "5", description = "How often each work is done through each contender (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "2", description = "For how long each time (${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--rate", defaultValue = "1000", description = "Messages a second of the work 'paced' (${DEFAULT-VALUE}).")
    private int rate;

    @Option(names = "--java", description = "The Java that client, server and bare relays run on; this one by default.")
    private String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @Option(names = "--svg", paramLabel = "DIR", description = "Draw plots into this directory.")
    private Path plots;

    @Option(names = "--keep", paramLabel = "FILE", description = "Write the ratios of Homeport's contenders into a file.")
    private Path keep;

    @Option(names = "--check", paramLabel = "FILE", description = "Compare with what --keep wrote, e.g. bench/relay-ratios.txt; status 1 if a ratio is worse.")
    private Path check;

    @Option(
            names = "--tolerance",
            defaultValue = "0.5",
            description = "By what part of itself a ratio may be worse than the kept one (${DEFAULT-VALUE}).")
    private double tolerance;

    @Option(names = "--json", description = "Say only one JSON object on standard output.")
    private boolean json;

    @Option(names = "--markdown", description = "Print tables for docs/performance.md.")
    private boolean markdown;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        RelayPlan wanted = plan();
        // Read before anything is measured: a mistake in it costs no minutes.
        Ratios kept = check == null ? null : Ratios.read(check);
        MissingPrograms missing = MissingPrograms.of(wanted.contenders(), System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"));
        RelayPlan plan = wanted.without(missing.contenders());
        if (kept != null) {
            kept.mustBeAgainst(plan.baseline());
        }
        String machine = Machine.describe();
        System.err.println("on " + machine);
        missing.note().ifPresent(System.err::println);
        RelayReport report = new Measurements(java, System.err::println).relay(plan);
        String busy = Machine.describe().replaceAll(".*load average ", "load average at the end ");
        print(report, machine + ", " + busy, missing);
        if (plots != null) {
            new RelayPlots(report).write(plots);
        }
        if (keep != null) {
            Files.writeString(keep, report.ratios().text("homeport bench relay on " + machine));
        }
        return kept == null ? 0 : compare(kept, report);
    }

    private RelayPlan plan() {
        try {
            List<Work> chosen = works.stream().map(RelayCommand::work).toList();
            return new RelayPlan(contenders.stream().map(Contender::parse).toList(), chosen, rounds, (int) (seconds * 1000), rate);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), wrong.getMessage());
        }
    }

    private static Work work(String name) {
        return Arrays.stream(Work.values())
                .filter(work -> work.toString().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no work '" + name + "'; there is " + Arrays.toString(Work.values())));
    }

    private void print(RelayReport report, String machine, MissingPrograms missing) throws IOException {
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
        System.out.println("median (least to most) of " + rounds + " rounds of " + seconds + " s, each contender in turn");
        for (Work work : report.plan().works()) {
            Table table = report.table(work);
            System.out.println("\n" + work.text() + (work == Work.PACED ? ", " + rate + " a second" : "") + "\n");
            System.out.print(markdown ? table.markdown() : table.text());
        }
        System.out.println();
        notes.forEach(note -> System.out.println(markdown ? "- " + note : note));
    }

    private int compare(Ratios kept, RelayReport report) {
        List<String> worse = kept.worse(report.ratios(), tolerance);
        worse.forEach(complaint -> System.err.println("worse than " + check + ": " + complaint));
        System.err.println(worse.size() + " of the kept ratios are worse by more than " + Math.round(100 * tolerance) + " %");
        return worse.isEmpty() ? 0 : 1;
    }
}
