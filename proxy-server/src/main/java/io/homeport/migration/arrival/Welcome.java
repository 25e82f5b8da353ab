package io.homeport.migration.arrival;

import io.homeport.migration.contract.ArrivalLimits;
import io.homeport.migration.contract.NodeParts;
import io.homeport.migration.contract.Offer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says what at this node stands in the way of a service that wants to come. Looks only. Any thread. */
final class Welcome {
    /** Besides the images themselves: page tables, records, what other arrivals take meanwhile. */
    private static final long ROOM_RESERVE_BYTES = 64L << 20;

    private final NodeParts node;
    private final ArrivalLimits limits;

    Welcome(NodeParts node, ArrivalLimits limits) {
        this.node = node;
        this.limits = limits;
    }

    /** What stands in the way, each with what to do about it. */
    List<String> obstacles(String source, Offer offer) {
        List<String> obstacles = new ArrayList<>();
        node.fileSurvey().check(offer.files()).forEach(text -> obstacles.add(text + ": put the same file there"));
        tooLarge(offer.imageBytes()).ifPresent(obstacles::add);
        try {
            if (node.underway().isLeaving(offer.service(), source)) {
                obstacles.add("it still clears up after " + offer.service() + ", which it has just given to " + source + ": try again");
            }
            long room = Files.getFileStore(node.places().images()).getUsableSpace();
            if (room < offer.imageBytes() + ROOM_RESERVE_BYTES) {
                obstacles.add("only " + (room >> 20) + " MB free in " + node.places().images() + ", the images may take "
                        + (offer.imageBytes() >> 20) + " MB: make room or set stateDir to another file system");
            }
            if (offer.cpu().length > 0) {
                node.criu().cpuProblem(offer.cpu()).ifPresent(problem -> obstacles.add(
                        "its CPU lacks instructions that the service may be using: " + problem));
            }
        } catch (IOException e) {
            obstacles.add("cannot look at itself: " + e.getMessage());
        }
        return obstacles;
    }

    /** Images that are larger than this node takes. */
    Optional<String> tooLarge(long imageBytes) {
        return imageBytes <= limits.imageLimitBytes() ? Optional.empty() : Optional.of("images of " + (imageBytes >> 20) + " MB, node " + node.name()
                + " takes " + (limits.imageLimitBytes() >> 20) + " MB of one service: raise limits.imageLimitBytes there");
    }
}
