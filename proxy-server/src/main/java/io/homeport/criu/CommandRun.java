package io.homeport.criu;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A command that has ended by itself, or was killed with its descendants.
 *
 * @param status exit status; meaningless if it was killed
 * @param output standard output and standard error together
 * @param killed why it was killed; empty if it was not
 */
record CommandRun(int status, String output, Optional<String> killed) {
    boolean succeeded() {
        return killed.isEmpty() && status == 0;
    }

    /** Runs a command without input. */
    static CommandRun run(List<String> words, Duration timeout) throws CriuException {
        try (Command command = Command.begin(words)) {
            return command.end("", timeout);
        }
    }
}
