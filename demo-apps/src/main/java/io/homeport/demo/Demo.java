package io.homeport.demo;

import io.homeport.config.Installation;
import io.homeport.demo.table.TlsKey;
import io.homeport.lab.LabException;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code homeport demo}. Exit status 0 if nobody noticed anything, 1 if somebody did, 5 if the machine lacks
 * something, 130 after Ctrl-C. However it ends, the lab is taken down.
 */
@Command(
        name = "homeport demo",
        mixinStandardHelpOptions = true,
        description = "Five philosophers dine at a round table, each a JVM of its own, the keeper of the forks another one,"
                + " and all of them are moved between three nodes while they hold forks and talk over TCP.")
public final class Demo implements Callable<Integer> {
    private static final int GOOD = 0;
    private static final int DISTURBED = 1;
    private static final int LACKING = 5;
    private static final int INTERRUPTED = 130;
    private static final long FRAME_MS = 125;
    private static final int USUAL_ROWS = 24;

    @Option(names = "--moves", defaultValue = "12", description = "number of moves (default: ${DEFAULT-VALUE})")
    private int moves;

    @Option(names = "--seed", description = "decides who moves and where to (default: a random one, which is printed)")
    private Integer seed;

    @Option(
            names = "--seconds",
            defaultValue = "0",
            description = "dine at least that long (default: as long as the moves take)")
    private int seconds;

    @Option(
            names = "--pause",
            defaultValue = "1500",
            description = "milliseconds between two moves (default: ${DEFAULT-VALUE})")
    private long pauseMs;

    @Option(names = "--json", description = "no view; the last line of standard output is one JSON object")
    private boolean json;

    // Not System.out: its encoding follows the locale, and the view needs UTF-8 in every one.
    private final PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);

    private volatile boolean interrupted;
    private volatile boolean finished;

    /** Runs the command and ends the JVM. */
    public static void main(String[] args) {
        int status = new CommandLine(new Demo())
                .setExecutionExceptionHandler((failure, command, parsed) -> failed(failure))
                .execute(args);
        System.exit(status);
    }

    private static int failed(Exception failure) {
        System.err.println("homeport demo: " + failure.getMessage());
        boolean lacking = failure instanceof LabException && ((LabException) failure).kind() == LabException.Kind.LACKING;
        return lacking ? LACKING : DISTURBED;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try {
            return perform();
        } finally {
            finished = true;
        }
    }

    private int perform() throws IOException, InterruptedException {
        if (seed == null) {
            seed = ThreadLocalRandom.current().nextInt(1, 10_000);
        }
        Installation installation = Installation.find();
        Path directory = Files.createDirectories(installation.root().resolve("demo-apps/target/demo"));
        tell("seed " + seed + ": a working CRIU, three nodes and six JVMs, a moment please");
        ensureCriu(installation);
        Path key = directory.resolve("philosophers.p12");
        TlsKey.make(key);
        Outcome outcome;
        try (Stage stage = setUp(directory)) {
            outcome = dine(stage, new Dinner.Settings(moves, seed, seconds, pauseMs, key));
        }
        if (interrupted) {
            return INTERRUPTED;
        }
        outcome.print(out);
        if (json) {
            out.println(outcome.json());
        }
        out.flush();
        return outcome.good() ? GOOD : DISTURBED;
    }

    private Stage setUp(Path directory) throws IOException {
        CompletableFuture<Stage> up = new CompletableFuture<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> sweep(up), "sweeper"));
        try {
            up.complete(new LabStage(directory));
        } catch (IOException | RuntimeException failed) {
            up.completeExceptionally(failed);
            throw failed;
        }
        return up.join();
    }

    /** Runs when the JVM ends, for whatever reason, even while the lab comes up. Closing a stage once more does no harm. */
    private void sweep(CompletableFuture<Stage> stage) {
        if (!finished) {
            interrupted = true;
            out.println(Screen.LEAVE);
            tell("interrupted: taking the nodes down");
        }
        stage.thenAccept(Stage::close).exceptionally(nothingToClose -> null).join();
    }

    private void ensureCriu(Installation installation) throws IOException, InterruptedException {
        Path script = installation.script("get-criu");
        int status = new ProcessBuilder(script.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("no working CRIU, see above; try: homeport doctor");
        }
    }

    private Outcome dine(Stage stage, Dinner.Settings settings) throws IOException, InterruptedException {
        boolean view = !json && onTerminal();
        try (Dinner dinner = new Dinner(stage, settings, view ? line -> {} : this::tell)) {
            if (!view) {
                return dinner.run();
            }
            Screen screen = new Screen(out, terminalRows());
            Thread painter = new Thread(() -> paint(screen, dinner), "painter");
            painter.setDaemon(true);
            painter.start();
            try {
                return dinner.run();
            } finally {
                painter.interrupt();
                painter.join();
                screen.leave();
            }
        }
    }

    private void paint(Screen screen, Dinner dinner) {
        try {
            while (!interrupted) {
                screen.draw(dinner.scene());
                Thread.sleep(FRAME_MS);
            }
        } catch (InterruptedException over) {
            screen.draw(dinner.scene());
        }
    }

    private void tell(String line) {
        out.println("  " + line);
        out.flush();
    }

    /**
     * Not System.console(): it is null when only standard input is redirected, and never null from JDK 22 on (its release
     * notes).
     */
    private static boolean onTerminal() throws IOException {
        String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
        return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
    }

    /** `stty size` prints "ROWS COLUMNS" of its standard input (coreutils). */
    private static int terminalRows() throws IOException {
        Process stty = new ProcessBuilder("stty", "size")
                .redirectInput(new File("/proc/self/fd/1"))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        return size.matches("[1-9]\\d* .*") ? Integer.parseInt(size.split(" ")[0]) : USUAL_ROWS;
    }
}
