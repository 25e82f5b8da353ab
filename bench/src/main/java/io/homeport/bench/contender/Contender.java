package io.homeport.bench.contender;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What stands between client and server. The names are the command line's, in lower case with hyphens. */
public enum Contender {
    /** The client connects to the server's address on beta. */
    DIRECT("nothing: client to beta", null),
    /** The client connects to a server on alpha that knows nothing of Homeport: what {@link #UNMOVED} is held against. */
    BARE("nothing: client to alpha", null),
    /** A service under {@code homeport run} that has never moved. */
    UNMOVED("Homeport's agent, before a move: client to alpha", null),
    /** HAProxy on alpha. */
    HAPROXY1("HAProxy, TCP, splice-auto, on alpha", "haproxy"),
    /** HAProxy on both. */
    HAPROXY2("HAProxy, TCP, splice-auto, on alpha and beta", "haproxy"),
    /** socat on both. */
    SOCAT("socat, nodelay, on alpha and beta", "socat"),
    /** A bare relay on Netty on both. */
    NETTY("a bare Netty relay, epoll, on alpha and beta", null),
    /** The same with loops that ask again for some time before they wait, in dense traffic. */
    NETTY_SPIN("the same, loops that spin for " + RelayWords.NETTY_SPIN_US + " us in dense traffic before they wait", null),
    /** The same relay as an Agrona duty cycle on both. */
    AGRONA("a bare relay, one Agrona duty cycle that never waits in the kernel (BackoffIdleStrategy), on alpha and beta", null),
    /** The same with a wait in the selector. */
    AGRONA_WAIT("the same, waits in the selector after " + RelayWords.AGRONA_EMPTY_CYCLES + " cycles that found nothing", null),
    /** stunnel on both. */
    STUNNEL("stunnel, TLS 1.3 from alpha to beta, both certificates checked", "stunnel"),
    /** Moved, the links in the clear. */
    HOMEPORT_PLAIN("Homeport, moved from alpha to beta, tls: off", null),
    /** Moved. */
    HOMEPORT("Homeport, moved from alpha to beta, TLS 1.3, both certificates checked", null);

    private final String text;
    private final String program;

    Contender(String text, String program) {
        this.text = text;
        this.program = program;
    }

    /** One line for people. */
    public String text() {
        return text;
    }

    /** The program that must be installed for it; empty if it comes with Homeport. */
    Optional<String> program() {
        return Optional.ofNullable(program);
    }

    /** Debian's package of that program. */
    String debianPackage() {
        return program.equals("stunnel") ? "stunnel4" : program;
    }

    /** Whether its figures are this project's own to keep. */
    public boolean isHomeport() {
        return this == UNMOVED || this == HOMEPORT || this == HOMEPORT_PLAIN;
    }

    /** Whether it is there to compare designs for the data path, and takes part only when it is named. */
    boolean isDesign() {
        return this == NETTY_SPIN || this == AGRONA || this == AGRONA_WAIT;
    }

    /** Those that take part if none is named. */
    public static List<Contender> usual() {
        return Stream.of(values()).filter(contender -> !contender.isDesign()).toList();
    }

    /** These in the order of a round, counted from 0: each begins and ends one now and then. */
    public static List<Contender> inTurn(List<Contender> all, int round) {
        int first = round % all.size();
        return Stream.concat(all.subList(first, all.size()).stream(), all.subList(0, first).stream()).toList();
    }

    /** As the command line names it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException with all names if there is none of this name */
    public static Contender parse(String name) {
        for (Contender contender : values()) {
            if (contender.toString().equals(name)) {
                return contender;
            }
        }
        throw new IllegalArgumentException("no contender '" + name + "'; there are " + Arrays.toString(values()));
    }
}
