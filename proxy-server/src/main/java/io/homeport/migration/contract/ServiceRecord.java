package io.homeport.migration.contract;

import io.homeport.link.LinkPolicy;
import io.homeport.process.Descriptor;
import io.homeport.socket.SocketOptions;
import io.homeport.stream.StreamState;
import java.io.IOException;
import java.net.InetSocketAddress;
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
 * @param linkPolicy by which links its streams go; null for what the node it comes to is configured to
 * @param streams all of its streams
 * @param connecting its sockets that were connecting: no streams, they connect anew from the destination
 * @param vacated the descriptors that have nothing under them, until the sockets of these streams come there
 */
public record ServiceRecord(
        long migrationId,
        long serviceId,
        String name,
        String sourceNode,
        String birthNode,
        long startedMs,
        int move,
        LinkPolicy linkPolicy,
        List<Item> streams,
        List<Connecting> connecting,
        List<Descriptor> vacated) {

    /**
     * Holds the record against the migration it came with.
     *
     * @throws IOException if it is another one's: it would give this service another's streams
     */
    public void requireOf(long expectedMigrationId, String expectedSource) throws IOException {
        if (migrationId != expectedMigrationId || !sourceNode.equals(expectedSource)) {
            throw new IOException("the record that came with migration " + Long.toHexString(expectedMigrationId) + " from " + expectedSource
                    + " is of migration " + Long.toHexString(migrationId) + " from " + sourceNode.replaceAll("\\p{Cntrl}", " "));
        }
    }

    /** The same with other streams and descriptors. */
    ServiceRecord with(List<Item> otherStreams, List<Descriptor> otherDescriptors) {
        return new ServiceRecord(
                migrationId, serviceId, name, sourceNode, birthNode, startedMs, move, linkPolicy, otherStreams, connecting, otherDescriptors);
    }

    /**
     * One stream and where it belongs in the process.
     *
     * @param state where it stands
     * @param fds the descriptors that refer to it; none if nobody has accepted it yet
     * @param keptFd the number of the dummy's other end that the process keeps, -1 if there is none
     */
    public record Item(StreamState state, List<Integer> fds, int keptFd) {

        /** Whether it is the same stream at the same place, and stands, quiet, where it stood then. */
        boolean isAs(Item then) {
            return keptFd == then.keptFd && fds.equals(then.fds) && (state == then.state || state.standsAs(then.state));
        }
    }

    /**
     * A socket that was connecting at the freeze.
     *
     * @param remote where to
     * @param failed its connect has failed, and the application does not know yet
     * @param options of the socket, with its family
     * @param fds the descriptors that refer to it
     */
    public record Connecting(InetSocketAddress remote, boolean failed, SocketOptions options, List<Integer> fds) {}
}
