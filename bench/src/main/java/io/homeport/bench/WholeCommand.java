package io.homeport.bench;

import io.homeport.bench.contender.Contender;
import io.homeport.bench.contender.MissingPrograms;
import io.homeport.bench.figures.Machine;
import io.homeport.bench.figures.Table;
import io.homeport.bench.goals.Goals;
import io.homeport.bench.goals.Measured;
import io.homeport.bench.idle.IdleReport;
import io.homeport.bench.load.Work;
import io.homeport.bench.moves.MovesPlan;
import io.homeport.bench.moves.MovesReport;
import io.homeport.bench.relay.RelayPlan;
import io.homeport.bench.relay.RelayPlots;
import io.homeport.bench.relay.RelayReport;
import io.homeport.bench.tomcat.TomcatPlan;
import io.homeport.bench.tomcat.TomcatReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code homeport bench} without a further word: everything that has a goal, one after the other, and how it stands to that goal. */
@Command(
        name = "homeport bench",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "[COMMAND]",
        description = {
            "Measures Homeport on this machine, and holds it against its goals. Without a command: relay, tomcat, moves and idle, shortly, in some 20 minutes.",
            "docs/performance.md keeps the figures and says how to read them.",
            ""
        })
class WholeCommand implements Callable<Integer> {
    private static final int PACED_PER_SECOND = 1_000;
    private static final int SMALL_HEAP_MB = 50;
    private static final int LARGE_HEAP_MB = 2_048;
    private static final int TOMCAT_WARM_UP_SECONDS = 40;
    private static final int TOMCAT_SECONDS = 3;
    private static final int MOVES = 12;
    private static final int LARGE_MOVES = 4;
    private static final List<Integer> IDLE_CONNECTIONS = List.of(1_000, 9_192);
    private static final int IDLE_ROUNDS = 2;

    @Option(names = "--rounds", defaultValue = "3", description = "How often each contender is measured (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "1", description = "For how long each time (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--connections", split = ",", defaultValue = "6,1000", description = "Few and many connections of a service that moves (${DEFAULT-VALUE}).")
    private List<Integer> connections;

    @Option(names = "--seed", defaultValue = "1", description = "For the order within each pair of moves and the pauses (${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--java", description = "The Java that services and clients run on; this one by default.")
    private String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @Option(names = "--svg", paramLabel = "DIR", description = "Draw plots into this directory.")
    private Path plots;

    @Option(names = "--keep", paramLabel = "FILE", description = "Write what each goal came to into a file.")
    private Path keep;

    @Option(
            names = "--check",
            arity = "0..1",
            paramLabel = "FILE",
            fallbackValue = "bench/goals.txt",
            description = "Compare with what --keep wrote (${FALLBACK-VALUE}); status 1 if a goal's figure is worse.")
    private Path check;

    @Option(
            names = "--tolerance",
            defaultValue = "0.5",
            description = "By what part of itself a figure may be worse than the kept one (${DEFAULT-VALUE}).")
    private double tolerance;

    @Option(names = "--markdown", description = "Print tables for docs/performance.md.")
    private boolean markdown;

    @Override
    public Integer call() throws Exception {
        // Read before anything is measured: a mistake in it costs no minutes.
        Goals kept = check == null ? null : Goals.read(check);
        String machine = Machine.describe();
        System.out.println("on " + machine);
        Goals goals = measure();
        System.out.println("\nheld against the goals, median (least to most):\n");
        print(goals.table());
        if (keep != null) {
            Files.writeString(keep, goals.text("homeport bench on " + machine));
        }
        return kept == null ? 0 : compare(kept, goals);
    }

    private Goals measure() throws IOException, InterruptedException {
        Measurements measurements = new Measurements(java, System.err::println);
        Measured measured = new Measured();
        MissingPrograms missing = MissingPrograms.of(Contender.usual(), path());
        missing.note().ifPresent(System.out::println);
        measured.add(relay(measurements, missing.contenders()));
        if (MissingPrograms.installed("wrk", path())) {
            measured.add(tomcat(measurements, missing.contenders()));
        } else {
            System.out.println("without wrk (apt-get install wrk), so without Tomcat");
        }
        List<Integer> few = connections.subList(0, 1);
        measured.addSmall(moves(measurements, MovesPlan.of(few, MOVES, SMALL_HEAP_MB, seed)).get(0));
        if (connections.size() > 1) {
            measured.addMany(moves(measurements, MovesPlan.of(connections, MOVES, SMALL_HEAP_MB, seed)));
        }
        measured.addHeap(moves(measurements, MovesPlan.of(few, LARGE_MOVES, LARGE_HEAP_MB, seed)).get(0), LARGE_HEAP_MB);
        IdleReport idle = measurements.idle(IDLE_CONNECTIONS, IDLE_ROUNDS);
        print("idle connections", idle.table());
        measured.add(idle);
        return measured.goals();
    }

    private RelayReport relay(Measurements measurements, List<Contender> missing) throws IOException, InterruptedException {
        RelayPlan all = new RelayPlan(Contender.usual(), List.of(Work.values()), rounds, 1_000 * seconds, PACED_PER_SECOND);
        RelayReport report = measurements.relay(all.without(missing));
        report.plan().works().forEach(work -> print(work.text(), report.table(work)));
        if (plots != null) {
            new RelayPlots(report).write(plots);
        }
        return report;
    }

    private TomcatReport tomcat(Measurements measurements, List<Contender> missing) throws IOException, InterruptedException {
        TomcatReport report = measurements.tomcat(
                new TomcatPlan(TomcatPlan.USUAL, rounds, TOMCAT_SECONDS * Math.max(1, seconds), TOMCAT_WARM_UP_SECONDS).without(missing));
        print("wrk -t1 -c64 against Tomcat", report.table());
        return report;
    }

    private List<MovesReport> moves(Measurements measurements, MovesPlan plan) throws IOException, InterruptedException {
        List<MovesReport> reports = measurements.moves(plan);
        reports.forEach(report -> print(plan.heapMb() + " MB of live data, " + report.title(), report.table()));
        return reports;
    }

    private void print(String title, Table table) {
        System.out.println("\n" + title + "\n");
        print(table);
    }

    private void print(Table table) {
        System.out.print(markdown ? table.markdown() : table.text());
    }

    private static String path() {
        return System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    }

    private int compare(Goals kept, Goals goals) {
        List<String> worse = kept.worse(goals, tolerance);
        worse.forEach(complaint -> System.err.println("worse than " + check + ": " + complaint));
        System.err.println(worse.size() + " of the kept figures are worse by more than " + Math.round(100 * tolerance) + " %");
        return worse.isEmpty() ? 0 : 1;
    }
}
