package io.homeport.demo;

import io.homeport.demo.watch.Rules;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Draws scenes on a terminal of at least 80 columns and 24 rows with ANSI colours, each over the one before. One thread draws. */
final class Screen {
    /** Shows the cursor again. */
    static final String LEAVE = "\u001b[?25h";

    private static final String RESET = "\u001b[0m";
    private static final String BOLD = "\u001b[1m";
    private static final String DIM = "\u001b[2m";
    private static final String RED = "\u001b[31m";
    private static final String GREEN = "\u001b[32m";
    private static final String YELLOW = "\u001b[33m";
    private static final String CYAN = "\u001b[36m";
    private static final int ROOM_COLUMNS = 24;
    private static final int LEAST_LOG_LINES = 2;
    private static final String BARS = "▁▂▃▄▅▆▇█";
    /** A silence below this is the lowest bar; each further bar is twice as long. */
    private static final long FIRST_BAR_MICROS = 10_000;
    private static final int RED_FROM_BAR = 4;

    private final PrintStream out;
    private final int rows;

    /** Clears a terminal of so many rows and hides the cursor; {@link #leave} shows it again. */
    Screen(PrintStream out, int rows) {
        this.out = out;
        this.rows = rows;
        out.print("\u001b[?25l\u001b[2J");
    }

    /** Draws one moment. */
    void draw(Scene scene) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT, "  %sHOMEPORT%s  the migrating philosophers %22s   %smove %d of %d%s", BOLD + CYAN, RESET,
                clock(scene.elapsedMs()), BOLD, scene.movesDone(), scene.movesPlanned(), RESET));
        lines.add("");
        rooms(scene, lines);
        lines.add("");
        lines.add("  " + table(scene));
        lines.add("");
        pulses(scene, lines);
        lines.add("");
        int faults = scene.faults().size();
        int room = Math.max(LEAST_LOG_LINES, rows - 1 - lines.size() - Math.min(faults, 1));
        int from = Math.max(0, scene.log().size() - room);
        scene.log().subList(from, scene.log().size()).forEach(line -> lines.add("  " + line));
        if (faults > 0) {
            lines.add("  " + BOLD + RED + "faults: " + faults + ", the latest: " + scene.faults().get(faults - 1) + RESET);
        }
        out.print("\u001b[H" + lines.stream().map(line -> line + "\u001b[K\n").collect(Collectors.joining()) + "\u001b[J");
        out.flush();
    }

    /** Leaves the last picture standing. */
    void leave() {
        out.print(LEAVE);
        out.flush();
    }

    private static String clock(long ms) {
        return String.format(Locale.ROOT, "%02d:%02d", ms / 60_000, ms / 1000 % 60);
    }

    private static void rooms(Scene scene, List<String> lines) {
        List<String> row = new ArrayList<>();
        for (String node : scene.nodes()) {
            row.add("╭─ " + BOLD + node + RESET + " " + "─".repeat(ROOM_COLUMNS - node.length() - 3) + "╮");
        }
        lines.add(" " + String.join("", row));
        for (int line = 0; line < scene.people().size(); line++) {
            row.clear();
            boolean any = false;
            for (int node = 0; node < scene.nodes().size(); node++) {
                List<String> inside = inside(scene, node);
                any |= line < inside.size();
                row.add("│" + (line < inside.size() ? inside.get(line) : " ".repeat(ROOM_COLUMNS)) + "│");
            }
            if (any) {
                lines.add(" " + String.join("", row));
            }
        }
        lines.add(" " + ("╰" + "─".repeat(ROOM_COLUMNS) + "╯").repeat(scene.nodes().size()));
    }

    private static List<String> inside(Scene scene, int node) {
        List<String> lines = new ArrayList<>();
        for (Scene.Person person : scene.people()) {
            if (person.node() == node) {
                lines.add(person(person));
            } else if (person.headingTo() == node) {
                lines.add(DIM + String.format(" … %-21s", person.guest().title()) + RESET);
            }
        }
        return lines;
    }

    private static String person(Scene.Person person) {
        String title = person.guest().title();
        if (person.headingTo() >= 0) {
            return BOLD + CYAN + String.format(" » %-8s %-12.12s", title, person.step()) + RESET;
        }
        if (person.phase() == null) {
            return String.format(" ▤ %-8s %12s", title, "the server ");
        }
        String forks = String.format("%-2s", "Ψ".repeat(person.forks())) + RESET;
        return String.format(Locale.ROOT, " %s %-8s %s %3d meals", mark(person.phase()), title, forks, person.meals());
    }

    private static String mark(Rules.Phase phase) {
        switch (phase) {
            case EATING:
                return GREEN + "●";
            case HUNGRY:
                return YELLOW + "◐";
            default:
                return "○";
        }
    }

    /** The round table cut open: each fork leans to whoever holds it. */
    private static String table(Scene scene) {
        StringBuilder line = new StringBuilder();
        for (Scene.Person person : scene.people()) {
            if (person.phase() == null) {
                continue;
            }
            int holder = scene.forkHolders().get(person.guest().seat());
            boolean own = holder == person.guest().seat();
            line.append(holder < 0 ? DIM + " ψ " : own ? GREEN + " Ψ›" : GREEN + "‹Ψ ").append(RESET).append(' ');
            line.append(person.phase() == Rules.Phase.EATING ? BOLD : "");
            line.append(person.guest().title()).append(RESET).append("  ");
        }
        return line + DIM + "↺" + RESET;
    }

    private static void pulses(Scene scene, List<String> lines) {
        String heading = "heartbeat, every 5 ms, as heard outside";
        lines.add(DIM + String.format("  %-10s %-40s %7s  %10s", "", heading, "now", "worst move") + RESET);
        for (Scene.Person person : scene.people()) {
            long[] pulse = person.pulseMicros();
            StringBuilder bars = new StringBuilder();
            for (long micros : pulse) {
                int bar = bar(micros);
                bars.append(bar >= RED_FROM_BAR ? RED : bar > 1 ? YELLOW : DIM).append(BARS.charAt(bar)).append(RESET);
            }
            String worst = person.worstMicros() == 0 ? "" : person.worstMicros() / 1000 + " ms";
            long nowMs = pulse[pulse.length - 1] / 1000;
            lines.add(String.format(Locale.ROOT, "  %-10s %s %4d ms  %10s", person.guest().title(), bars, nowMs, worst));
        }
    }

    private static int bar(long micros) {
        int bar = 0;
        for (long limit = FIRST_BAR_MICROS; micros > limit && bar < BARS.length() - 1; limit *= 2) {
            bar++;
        }
        return bar;
    }
}
