package io.homeport.demo;

import io.homeport.demo.watch.Rules;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Draws scenes on a terminal of 80 columns with ANSI colours, each over the one before. One thread draws. */
final class Screen {
    private static final String RESET = "\u001b[0m";
    private static final String BOLD = "\u001b[1m";
    private static final String DIM = "\u001b[2m";
    private static final String RED = "\u001b[31m";
    private static final String GREEN = "\u001b[32m";
    private static final String YELLOW = "\u001b[33m";
    private static final String CYAN = "\u001b[36m";
    private static final int ROOM_COLUMNS = 24;
    private static final int LOG_LINES = 8;
    private static final String BARS = "▁▂▃▄▅▆▇█";
    /** A silence below this is the lowest bar; each further bar is twice as long. */
    private static final long FIRST_BAR_MICROS = 10_000;
    private static final int RED_FROM_BAR = 4;

    private final PrintStream out;

    /** Clears the terminal and hides the cursor; {@link #leave} shows it again. */
    Screen(PrintStream out) {
        this.out = out;
        out.print("\u001b[?25l\u001b[2J");
    }

    /** Draws one moment. */
    void draw(Scene scene) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT, "  %sHOMEPORT%s  the migrating philosophers %27s   %smove %d of %d%s", BOLD + CYAN, RESET,
                clock(scene.elapsedMs()), BOLD, scene.movesDone(), scene.movesPlanned(), RESET));
        lines.add("");
        rooms(scene, lines);
        lines.add("");
        lines.add("  " + table(scene));
        lines.add("");
        pulses(scene, lines);
        lines.add("");
        int from = Math.max(0, scene.log().size() - LOG_LINES);
        scene.log().subList(from, scene.log().size()).forEach(line -> lines.add("  " + line));
        lines.add(scene.faults() == 0 ? "" : "  " + BOLD + RED + scene.faults() + " faults" + RESET);
        out.print("\u001b[H" + lines.stream().map(line -> line + "\u001b[K\n").collect(Collectors.joining()) + "\u001b[J");
        out.flush();
    }

    /** Leaves the last picture standing. */
    void leave() {
        out.print("\u001b[?25h");
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
        String colour = person.phase() == Rules.Phase.EATING ? GREEN : person.phase() == Rules.Phase.HUNGRY ? YELLOW : "";
        String mark = person.phase() == null ? "▤" : person.phase() == Rules.Phase.EATING ? "●" : person.phase() == Rules.Phase.HUNGRY ? "◐" : "○";
        if (person.headingTo() >= 0) {
            return BOLD + CYAN + String.format(" » %-8s %-12s", person.guest().title(), person.step()) + RESET;
        }
        if (person.phase() == null) {
            return String.format(" %s %-8s %12s", mark, person.guest().title(), "the server ");
        }
        return String.format(Locale.ROOT, " %s%s %-8s %-2s%s %3d meals", colour, mark, person.guest().title(), "Ψ".repeat(person.forks()), RESET, person.meals());
    }

    /** The round table cut open: each fork leans to whoever holds it. */
    private static String table(Scene scene) {
        StringBuilder line = new StringBuilder();
        List<Scene.Person> seated = scene.people().stream().filter(person -> person.phase() != null).collect(Collectors.toList());
        for (int seat = 0; seat < seated.size(); seat++) {
            int holder = scene.forkHolders().get(seat);
            String fork = holder < 0 ? DIM + " ψ " + RESET : holder == seat ? GREEN + " Ψ›" + RESET : GREEN + "‹Ψ " + RESET;
            boolean eats = seated.get(seat).phase() == Rules.Phase.EATING;
            line.append(fork).append(' ').append(eats ? BOLD : "").append(seated.get(seat).guest().title()).append(eats ? RESET : "").append("  ");
        }
        return line.append(DIM).append("↺").append(RESET).toString();
    }

    private static void pulses(Scene scene, List<String> lines) {
        lines.add(DIM + String.format("  %-10s %-34s %6s  %s", "", "heartbeat, every 5 ms, as heard outside", "now", "worst move") + RESET);
        for (Scene.Person person : scene.people()) {
            long[] pulse = person.pulseMicros();
            StringBuilder bars = new StringBuilder();
            for (long micros : pulse) {
                int bar = bar(micros);
                bars.append(bar >= RED_FROM_BAR ? RED : bar > 1 ? YELLOW : DIM).append(BARS.charAt(bar)).append(RESET);
            }
            lines.add(String.format(
                    Locale.ROOT, "  %-10s %s %10d ms  %s", person.guest().title(), bars, pulse[pulse.length - 1] / 1000,
                    person.worstMicros() == 0 ? "" : String.format(Locale.ROOT, "%6d ms", person.worstMicros() / 1000)));
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
