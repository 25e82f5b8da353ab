package io.homeport.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs one short command to its end and returns what it printed. Blocks the calling thread. */
final class Shell {
    private Shell() {}

    /**
     * Runs {@code words} with {@code input} as standard input.
     *
     * @return standard output and standard error together
     * @throws LabException with the command and its last words, when it does not end with status 0
     */
    static String run(String input, List<String> words) {
        Result result = attempt(input, words);
        if (result.status() != 0) {
            String said = result.output().strip().replace('\n', ' ');
            throw new LabException(
                    LabException.Kind.FAILED, String.join(" ", words) + " failed (" + result.status() + "): " + said);
        }
        return result.output();
    }

    /** {@link #run} that leaves judging the status to the caller. */
    static Result attempt(String input, List<String> words) {
        try {
            Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException closedEarly) {
                // It ended without reading its input: its status and last words say why.
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException missing) {
            throw new LabException(
                    LabException.Kind.LACKING,
                    "cannot start " + words.get(0) + ": install it (Debian: apt-get install iproute2 util-linux)",
                    missing);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabException(LabException.Kind.FAILED, "interrupted while running " + words.get(0), interrupted);
        }
    }

    /** How a command ended and everything it printed. */
    record Result(int status, String output) {}
}
