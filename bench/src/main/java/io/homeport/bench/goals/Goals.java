package io.homeport.bench.goals;

import io.homeport.bench.figures.Spread;
import io.homeport.bench.figures.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What one run came to, goal by goal. What was not measured is not there.
 *
 * @param figures by goal, in its unit
 */
public record Goals(Map<Goal, Spread> figures) {
    /** Keeps them in the order of the goals. */
    public Goals {
        Map<Goal, Spread> ordered = new EnumMap<>(Goal.class);
        ordered.putAll(figures);
        figures = ordered;
    }

    /** One row for each goal: what was wanted, what came, and whether the median reaches it, or only the best of the run. */
    public Table table() {
        Table table = new Table("goal", "wanted", "here", "");
        figures.forEach((goal, spread) -> table.row(List.of(goal.text(), goal.wanted(), spread.text() + " " + goal.unit(), word(goal, spread))));
        return table;
    }

    private static String word(Goal goal, Spread spread) {
        boolean atBest = goal.reachedBy(spread.least()) || goal.reachedBy(spread.most());
        return goal.reachedBy(spread.median()) ? "reached" : atBest ? "reached at best" : "missed";
    }

    /** The file that {@link #read} reads: medians. @param comment its first line */
    public String text(String comment) {
        StringBuilder out = new StringBuilder("# " + comment + "\n");
        figures.forEach((goal, spread) -> out.append(String.format(Locale.ROOT, "%s %.3f%n", goal, spread.median())));
        return out.toString();
    }

    /** Reads kept medians. @throws IllegalArgumentException if the file cannot be read, or with the line that is wrong */
    public static Goals read(Path file) {
        try {
            return parse(Files.readAllLines(file));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("cannot read what was kept (--keep FILE writes it): " + unreadable, unreadable);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(file + ": " + wrong.getMessage(), wrong);
        }
    }

    static Goals parse(List<String> lines) {
        Map<Goal, Spread> figures = new EnumMap<>(Goal.class);
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.strip().split("\\s+");
            try {
                if (words.length != 2) {
                    throw new IllegalArgumentException("not 'GOAL FIGURE'");
                }
                figures.put(Goal.valueOf(words[0]), Spread.of(Double.parseDouble(words[1])));
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException("'" + line + "': " + wrong.getMessage(), wrong);
            }
        }
        return new Goals(figures);
    }

    /**
     * What has become worse since these were kept, in sentences; empty if nothing has. What the other run did not measure is not held
     * against it.
     *
     * @param tolerance a median may be worse by this part of what it was, e.g. 0.5 for half
     * @throws IllegalArgumentException if the other run has nothing in common with these
     */
    public List<String> worse(Goals now, double tolerance) {
        if (figures.keySet().stream().noneMatch(now.figures::containsKey)) {
            throw new IllegalArgumentException("this run has measured nothing that was kept");
        }
        List<String> complaints = new ArrayList<>();
        figures.forEach((goal, kept) -> {
            Spread figure = now.figures.getOrDefault(goal, kept);
            double worseBy = goal.worseBy(figure.median(), kept.median());
            if (worseBy > tolerance) {
                complaints.add(goal.text() + ": " + Spread.digits(figure.median()) + " " + goal.unit() + ", was " + Spread.digits(kept.median())
                        + ": worse by " + Math.round(100 * worseBy) + " %");
            }
        });
        return complaints;
    }
}
