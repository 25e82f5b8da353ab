package io.homeport.cli;

import io.homeport.local.LocalMessage.Progress;
import java.io.PrintStream;

/**
 * A migration's steps as they come: on a terminal one line per step, rewritten while its bytes move; elsewhere one plain
 * line per step. One thread.
 */
final class ProgressDisplay {
    private static final int BAR_CELLS = 24;
    /** Return to the line's start and clear it (ECMA-48 EL). */
    private static final String REWRITE = "\r\033[K";

    private final PrintStream out;
    private final boolean terminal;
    private String step;
    private String line;

    ProgressDisplay(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Whether the daemon has told of anything. */
    boolean hasBegun() {
        return step != null;
    }

    void show(Progress progress) {
        boolean sameStep = progress.step().equals(step);
        String before = line;
        if (!sameStep) {
            end();
        }
        step = progress.step();
        line = String.format("  %-11s %s", progress.step(), text(progress)).stripTrailing();
        if (terminal) {
            out.print(REWRITE + line + bar(progress));
            out.flush();
        } else if (!sameStep || progress.bytesTotal() == 0 && !line.equals(before)) {
            out.println(line);
        }
    }

    /** Ends the line of the last step. Call once more at the end, failed or not. */
    void end() {
        if (terminal && line != null) {
            out.println(REWRITE + line);
        }
        line = null;
        step = null;
    }

    private static String text(Progress progress) {
        String bytes = progress.bytesTotal() > 0
                ? Sizes.bytes(progress.bytesDone()) + " of " + Sizes.bytes(progress.bytesTotal())
                : "";
        return bytes.isEmpty() || progress.text().isEmpty() ? progress.text() + bytes : progress.text() + ", " + bytes;
    }

    private static String bar(Progress progress) {
        if (progress.bytesTotal() <= 0) {
            return "";
        }
        int full = (int) Math.min(BAR_CELLS, BAR_CELLS * progress.bytesDone() / progress.bytesTotal());
        return "  [" + "#".repeat(full) + ".".repeat(BAR_CELLS - full) + "]";
    }
}
