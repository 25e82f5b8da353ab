package io.homeport.bench.soak;

import io.homeport.lab.LabNode;

/** Faults of one node's wire. The fault's thread. */
final class NetworkFaults {
    private static final int MOST_MS = 2_000;

    private NetworkFaults() {}

    static boolean cut(FaultScene scene) throws InterruptedException {
        LabNode node = anyOf(scene);
        scene.awaitMoment();
        node.plugged(false);
        try {
            scene.last(MOST_MS);
        } finally {
            node.plugged(true);
        }
        return true;
    }

    static boolean swallow(FaultScene scene) throws InterruptedException {
        LabNode node = anyOf(scene);
        scene.awaitMoment();
        node.swallowing(true);
        try {
            scene.last(MOST_MS);
        } finally {
            node.swallowing(false);
        }
        return true;
    }

    private static LabNode anyOf(FaultScene scene) {
        return switch (scene.random().nextInt(3)) {
            case 0 -> scene.source();
            case 1 -> scene.destination();
            default -> scene.origin();
        };
    }
}
