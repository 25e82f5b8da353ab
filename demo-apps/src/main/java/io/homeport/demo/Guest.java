package io.homeport.demo;

import io.homeport.demo.table.ForkServer;
import io.homeport.demo.table.Philosopher;
import io.homeport.demo.table.Style;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One process of the dinner, before it is started.
 *
 * @param name of the service and in the view
 * @param seat at the table, or {@link #NO_SEAT} for the fork server
 * @param style how it holds its connection
 * @param home index of the node where it starts
 */
record Guest(String name, int seat, Style style, int home) {
    /** The fork server sits at no place. */
    static final int NO_SEAT = -1;

    static final int SEATS = 5;

    private static final int FORKS_PORT = 7000;
    private static final int FORKS_TLS_PORT = 7001;
    private static final int PORCH_PORT = 7100;

    /** The whole company, fork server first: it is on the first node, its guests come from all of them. */
    static List<Guest> company() {
        return List.of(
                new Guest("forks", NO_SEAT, Style.SELECTOR, 0),
                new Guest("thales", 0, Style.BLOCKING, 0),
                new Guest("hypatia", 1, Style.SELECTOR, 1),
                new Guest("averroes", 2, Style.ASYNC, 2),
                new Guest("laozi", 3, Style.TLS, 1),
                new Guest("arendt", 4, Style.VIRTUAL, 2));
    }

    boolean philosopher() {
        return seat != NO_SEAT;
    }

    /** Where its observers connect. */
    int porchPort() {
        return PORCH_PORT + seat + 1;
    }

    /** How the view names it. */
    String title() {
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    /** Main class and its settings. `forksAddress` is that of the node where the fork server starts. */
    List<String> mainAndSettings(String forksAddress, Path key, int seed) {
        List<String> words = new ArrayList<>();
        words.add((philosopher() ? Philosopher.class : ForkServer.class).getName());
        words.addAll(List.of("forks=" + SEATS, "seed=" + seed, "key=" + key, "porch=" + porchPort()));
        if (philosopher()) {
            int port = style == Style.TLS ? FORKS_TLS_PORT : FORKS_PORT;
            words.addAll(List.of("seat=" + seat, "style=" + style, "server=" + forksAddress, "port=" + port));
        } else {
            words.addAll(List.of("port=" + FORKS_PORT, "tlsPort=" + FORKS_TLS_PORT));
        }
        return words;
    }
}
