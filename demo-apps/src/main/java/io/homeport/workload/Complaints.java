package io.homeport.workload;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a service's threads ran into; asked for by a command, since standard output may be anything in a test. Any thread. */
public final class Complaints {
    private static final List<String> SEEN = new CopyOnWriteArrayList<>();
    private static final int LIMIT = 100;

    private Complaints() {}

    /** Remembers a failure. */
    public static void about(String what, Throwable why) {
        if (SEEN.size() < LIMIT) {
            SEEN.add(what + ": " + why);
        }
        System.err.println(what + ": " + why);
    }

    /** Remembers a failure, but for the one that closing brings. */
    public static void unlessClosed(boolean closed, String what, Throwable why) {
        if (!closed) {
            about(what, why);
        }
    }

    /** The first failures. */
    public static List<String> seen() {
        return List.copyOf(SEEN);
    }
}
