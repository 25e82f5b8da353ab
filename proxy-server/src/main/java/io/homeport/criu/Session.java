package io.homeport.criu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process's session as its own PID namespace numbers it (lines NSpid and NSsid of proc_pid_status(5)).
 *
 * @param innermostPid the process's number for itself
 * @param leader the session's leader; 0 if that is outside of the namespace, where CRIU cannot follow
 */
record Session(int innermostPid, int leader) {
    static Session of(int pid) throws IOException {
        int own = 0;
        int leader = 0;
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("NSpid:")) {
                own = last(line);
            } else if (line.startsWith("NSsid:")) {
                leader = last(line);
            }
        }
        return new Session(own, leader);
    }

    /** Whether CRIU wants {@code --shell-job}: the process leads no session of its own. */
    boolean shellJob() {
        return innermostPid != leader;
    }

    private static int last(String line) {
        String[] words = line.split("\\s+");
        return Integer.parseInt(words[words.length - 1]);
    }
}
