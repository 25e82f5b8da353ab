package io.homeport.bench.relay;

import io.homeport.bench.contender.Contender;
import io.homeport.bench.figures.Spread;
import io.homeport.bench.load.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a run came to as multiples of a baseline in the same run: the only figures that another run, on another day or machine, can be
 * held against. Kept as a file of lines: {@code against haproxy2}, then {@code contender work FIGURE ratio}.
 *
 * @param baseline what all are multiples of
 * @param ratios in the file's order
 */
public record Ratios(Contender baseline, Map<Key, Double> ratios) {
    private static final String AGAINST = "against";

    /** What a ratio is of. */
    public record Key(Contender contender, Work work, Figure figure) {
        @Override
        public String toString() {
            return contender + " " + work + " " + figure;
        }
    }

    /** Reads a kept file. @throws IllegalArgumentException if it cannot be read, or with the line that is wrong */
    public static Ratios read(Path file) {
        try {
            return parse(Files.readAllLines(file));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("cannot read kept ratios (--keep FILE writes them): " + unreadable, unreadable);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(file + ": " + wrong.getMessage(), wrong);
        }
    }

    /** @throws IllegalArgumentException unless these can be compared with a run of that baseline */
    public void mustBeAgainst(Contender other) {
        if (other != baseline) {
            throw new IllegalArgumentException("the kept ratios are against " + baseline + ", this run's against " + other);
        }
    }

    static Ratios parse(List<String> lines) {
        Contender baseline = null;
        Map<Key, Double> ratios = new LinkedHashMap<>();
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.strip().split("\\s+");
            try {
                if (words.length == 2 && words[0].equals(AGAINST)) {
                    baseline = Contender.parse(words[1]);
                } else if (words.length == 4) {
                    Work work = Work.valueOf(words[1].toUpperCase(Locale.ROOT));
                    ratios.put(new Key(Contender.parse(words[0]), work, Figure.valueOf(words[2])), Double.valueOf(words[3]));
                } else {
                    throw new IllegalArgumentException("neither 'against CONTENDER' nor 'CONTENDER WORK FIGURE RATIO'");
                }
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException("'" + line + "': " + wrong.getMessage(), wrong);
            }
        }
        if (baseline == null) {
            throw new IllegalArgumentException("no line 'against CONTENDER'");
        }
        return new Ratios(baseline, ratios);
    }

    /** The file. @param comment its first line */
    public String text(String comment) {
        StringBuilder out = new StringBuilder("# " + comment + "\n" + AGAINST + " " + baseline + "\n");
        ratios.forEach((key, ratio) -> out.append(key).append(' ').append(String.format(Locale.ROOT, "%.3f", ratio)).append('\n'));
        return out.toString();
    }

    /**
     * What has become worse since these were kept, in sentences; empty if nothing has. What the other run did not measure is not held
     * against it.
     *
     * @param now of the other run
     * @param tolerance a figure may be worse by this part of what it was, e.g. 0.5 for half
     * @throws IllegalArgumentException if the other run has another baseline, or nothing in common with these
     */
    public List<String> worse(Ratios now, double tolerance) {
        mustBeAgainst(now.baseline);
        if (ratios.keySet().stream().noneMatch(now.ratios::containsKey)) {
            throw new IllegalArgumentException("this run has measured nothing that was kept");
        }
        List<String> complaints = new ArrayList<>();
        ratios.forEach((key, kept) -> {
            double ratio = now.ratios.getOrDefault(key, kept);
            double worseBy = key.figure.moreIsBetter() ? kept / ratio - 1 : ratio / kept - 1;
            if (worseBy > tolerance) {
                complaints.add(key.contender + ", " + key.work + ", " + key.figure.title() + ": " + Spread.digits(ratio) + " x " + baseline
                        + ", was " + Spread.digits(kept) + " x: worse by " + Math.round(100 * worseBy) + " %");
            }
        });
        return complaints;
    }
}
