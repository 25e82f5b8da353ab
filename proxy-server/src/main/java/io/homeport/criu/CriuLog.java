package io.homeport.criu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a log of CRIU's says about a failure. */
final class CriuLog {
    /** From the cause up to "Dumping FAILED", CRIU's longest ways up have six. */
    private static final int LAST_ERRORS = 8;

    /** A shell's status of a command that a signal has ended is this and its number; java.lang.Process gives the same. */
    private static final int SIGNALS = 128;

    private CriuLog() {}

    /**
     * The last error lines of a log, joined; the last line that it printed if the log has none, or how it ended. The RLIMIT_NOFILE error is
     * left out: every log has it where CAP_SYS_RESOURCE is missing, and it harms nobody.
     */
    static String lastErrors(Path log, CommandRun run) {
        List<String> lines;
        try {
            // Malformed bytes (file names) are replaced, not refused.
            lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException none) {
            lines = List.of();
        }
        List<String> errors = lines.stream()
                .filter(line -> line.contains("Error (") && !line.contains("RLIMIT_NOFILE"))
                .map(line -> line.substring(line.indexOf("Error (")).strip())
                .toList();
        if (errors.isEmpty()) {
            return run.output().lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("init "))
                    .reduce((first, last) -> last)
                    .map(String::strip)
                    .orElseGet(() -> "it ended with status " + run.status() + signal(run.status()) + ", no reason given");
        }
        return String.join("; ", errors.subList(Math.max(0, errors.size() - LAST_ERRORS), errors.size()));
    }

    private static String signal(int status) {
        return status > SIGNALS ? " (signal " + (status - SIGNALS) + ")" : "";
    }
}
