package io.homeport.bench.soak;

import io.homeport.faults.FaultPoint;
import io.homeport.lab.LabNode;
import io.homeport.migration.contract.CommitLog;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Faults of processes and of the room that they have. The fault's thread. */
final class ProcessFaults {
    private static final int MOST_PAUSE_MS = 3_000;
    private static final int MOST_DELAY_MS = 1_000;
    private static final int HUNT_PAUSE_MS = 2;
    /** CRIU is at work for some 100 ms; its death should meet any of them. */
    private static final int CRIU_WORKS_MS = 80;
    /** An image of a small JVM has some 25 MB: sometimes even its last part does not fit. */
    private static final int MOST_ROOM_KB = 24 << 10;

    private static final String COMMITS = "/run/homeport/state/commits";

    private ProcessFaults() {}

    static boolean pause(FaultScene scene, LabNode node) throws IOException, InterruptedException {
        int daemon = FaultScene.daemon(node);
        scene.awaitMoment();
        FaultScene.stop(daemon);
        try {
            scene.last(MOST_PAUSE_MS);
        } finally {
            FaultScene.goOn(daemon);
        }
        return true;
    }

    static boolean killDaemon(FaultScene scene, LabNode node) throws IOException, InterruptedException {
        int daemon = FaultScene.daemon(node);
        scene.awaitMoment();
        Posix.kill(daemon, Linux.SIGKILL);
        return true;
    }

    static boolean faultPoint(FaultScene scene) throws IOException, InterruptedException {
        FaultPoint point = FaultPoint.values()[scene.random().nextInt(FaultPoint.values().length)];
        List<String> actions = List.of("fail", "kill", "delay " + scene.random().nextInt(MOST_DELAY_MS));
        LabNode node = point.isAtDestination() ? scene.destination() : scene.source();
        Path armed = Files.createDirectories(node.faults()).resolve(point.name());
        Files.writeString(armed, actions.get(scene.random().nextInt(actions.size())));
        while (!scene.move().over()) {
            Thread.sleep(HUNT_PAUSE_MS);
        }
        return !Files.deleteIfExists(armed);
    }

    /** @param action CRIU's word for what it does */
    static boolean killCriu(FaultScene scene, LabNode node, String action) throws InterruptedException {
        int afterMs = scene.random().nextInt(CRIU_WORKS_MS);
        while (atWork(scene, node, action).isEmpty()) {
            if (scene.move().over()) {
                return false;
            }
            Thread.sleep(HUNT_PAUSE_MS);
        }
        Thread.sleep(afterMs);
        List<HostScan.CriuProcess> victims = atWork(scene, node, action);
        victims.forEach(criu -> Posix.kill(criu.pid(), Linux.SIGKILL));
        return !victims.isEmpty();
    }

    /** CRIU itself and what it has forked, not the capsule that started it. */
    private static List<HostScan.CriuProcess> atWork(FaultScene scene, LabNode node, String action) {
        return scene.watch().crius(node.name()).stream()
                .filter(criu -> criu.words().contains("\0" + action + "\0") && HostProcess.isCriu(criu.words()))
                .toList();
    }

    static boolean killCommand(FaultScene scene) throws InterruptedException {
        scene.awaitMoment();
        return scene.move().kill();
    }

    static boolean fillDisk(FaultScene scene) throws IOException, InterruptedException {
        int roomKb = 1 + scene.random().nextInt(MOST_ROOM_KB);
        scene.awaitMoment();
        // The daemon may write between df and mount: less than what is there cannot be had.
        String script = "for try in {1..50}; do used=$(df --output=used -k /run | tail -1);"
                + " mount -o remount,size=$((used + %d))k /run && exit 0; done; exit 1";
        FaultScene.shell(scene.destination(), script.formatted(roomKb));
        try {
            while (!scene.move().over()) {
                Thread.sleep(HUNT_PAUSE_MS);
            }
        } finally {
            FaultScene.shell(scene.destination(), "mount -o remount,size=50% /run");
        }
        return true;
    }

    /**
     * Kills the restored copy, if it is certain that it is not committed: the source's daemon stands still meanwhile, has not written
     * GIVEN, and still has its own copy. After that word the copy would be the only one, and its death not a fault that anybody can survive.
     */
    static boolean killCopy(FaultScene scene) throws IOException, InterruptedException {
        int source = FaultScene.daemon(scene.source());
        while (true) {
            Optional<Copy> copy = scene.watch().lastCopies(scene.service()).stream()
                    .filter(each -> each.node().equals(scene.destination().name()))
                    .findFirst();
            if (copy.isPresent()) {
                return killUncommitted(scene, source, copy.get());
            }
            if (scene.move().over()) {
                return false;
            }
            Thread.sleep(HUNT_PAUSE_MS);
        }
    }

    private static boolean killUncommitted(FaultScene scene, int sourceDaemon, Copy copy) throws IOException, InterruptedException {
        FaultScene.stop(sourceDaemon);
        try {
            // Who has given it away kills its own copy first, and forgets the word afterwards.
            boolean kept = !given(scene.source()) && stoppedAt(scene.source(), scene);
            if (kept) {
                Posix.kill(copy.pid(), Linux.SIGKILL);
            }
            return kept;
        } finally {
            FaultScene.goOn(sourceDaemon);
        }
    }

    private static boolean stoppedAt(LabNode source, FaultScene scene) {
        return scene.watch().lastCopies(scene.service()).stream()
                .filter(copy -> copy.node().equals(source.name()))
                .flatMap(copy -> HostScan.again(copy).stream())
                .anyMatch(copy -> !copy.runs());
    }

    /** Whether a node has given any service away just now; its daemon stands still. */
    private static boolean given(LabNode node) throws IOException {
        try (DirectoryStream<Path> commits = Files.newDirectoryStream(node.inside(COMMITS))) {
            for (Path commit : commits) {
                if (Files.readString(commit).startsWith(CommitLog.Word.GIVEN.name())) {
                    return true;
                }
            }
            return false;
        }
    }
}
