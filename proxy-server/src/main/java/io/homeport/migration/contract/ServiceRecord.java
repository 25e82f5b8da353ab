package io.homeport.migration.contract;

import io.homeport.stream.StreamState;
import java.util.List;

/**
 * What travels with the images: the service's identity and where each of its streams stands.
 *
 * @param migrationId which migration
 * @param serviceId which service
 * @param name what users call it
 * @param sourceNode the node it leaves
 * @param birthNode the node where it was started
 * @param startedMs when, milliseconds since 1970
 * @param move number of this move, 1 for the first
 * @param streams all of its streams
 */
public record ServiceRecord(
        long migrationId,
        long serviceId,
        String name,
        String sourceNode,
        String birthNode,
        long startedMs,
        int move,
        List<Item> streams) {

    /**
     * One stream and where it belongs in the process.
     *
     * @param state where it stands
     * @param fds the descriptors that refer to it; none if nobody has accepted it yet
     * @param keptFd the number of the dummy's other end that the process keeps, -1 if there is none
     */
    public record Item(StreamState state, List<Integer> fds, int keptFd) {}
}
