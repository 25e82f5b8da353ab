package io.homeport.bench.soak;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What happens to a move. */
public enum FaultKind {
    /** Nothing. */
    NONE(scene -> true),
    /** The carrier of the source, the destination or the origin is gone for up to 2 s. */
    LINK_CUT(NetworkFaults::cut),
    /** Every packet from and to one of them vanishes for up to 2 s; the carrier stays. */
    SWALLOW(NetworkFaults::swallow),
    /** The source's daemon stands still for up to 3 s. */
    PAUSE_SOURCE(scene -> ProcessFaults.pause(scene, scene.source())),
    /** The destination's daemon does. */
    PAUSE_DESTINATION(scene -> ProcessFaults.pause(scene, scene.destination())),
    /** The daemon that has the real sockets does. */
    PAUSE_ORIGIN(scene -> ProcessFaults.pause(scene, scene.origin())),
    /** CRIU is killed while it dumps. */
    CRIU_DUMP_KILLED(scene -> ProcessFaults.killCriu(scene, scene.source(), "dump")),
    /** CRIU is killed while it restores. */
    CRIU_RESTORE_KILLED(scene -> ProcessFaults.killCriu(scene, scene.destination(), "restore")),
    /** {@code homeport migrate} is killed; the move goes on without it. */
    CLI_KILLED(ProcessFaults::killCommand),
    /** The destination's /run has no room for an image from a moment on, until the move is over. */
    DISK_FULL(ProcessFaults::fillDisk),
    /** The copy at the destination is killed before the commit. */
    DESTINATION_JVM_KILLED(ProcessFaults::killCopy),
    /** The source's daemon is killed; its keeper starts it again. */
    SOURCE_DAEMON_KILLED(scene -> ProcessFaults.killDaemon(scene, scene.source())),
    /** The destination's daemon is. */
    DESTINATION_DAEMON_KILLED(scene -> ProcessFaults.killDaemon(scene, scene.destination())),
    /** The daemon that has the real sockets is. */
    ORIGIN_DAEMON_KILLED(scene -> ProcessFaults.killDaemon(scene, scene.origin())),
    /** At one of the fault points of docs/migration.md the step fails, takes up to 1 s longer, or kills its daemon. */
    FAULT_POINT(ProcessFaults::faultPoint);

    /** Brings a fault about and takes it back. */
    interface Strategy {
        /** @return whether it struck: a move may be over before */
        boolean strike(FaultScene scene) throws IOException, InterruptedException;
    }

    private final Strategy strategy;

    FaultKind(Strategy strategy) {
        this.strategy = strategy;
    }

    boolean strike(FaultScene scene) throws IOException, InterruptedException {
        return strategy.strike(scene);
    }

    /** Whether a move may fail under it. */
    boolean mayFail() {
        return this != NONE && this != CLI_KILLED;
    }

    /** The kinds that are named. @throws IllegalArgumentException naming those that exist */
    public static List<FaultKind> parse(List<String> names) {
        return names.isEmpty() ? List.of(values()) : names.stream().map(FaultKind::parse).distinct().toList();
    }

    private static FaultKind parse(String name) {
        String word = name.strip().toUpperCase(Locale.ROOT).replace('-', '_');
        return Arrays.stream(values())
                .filter(kind -> kind.name().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no fault '" + name + "': there are "
                        + Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "))));
    }
}
