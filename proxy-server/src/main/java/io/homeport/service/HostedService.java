package io.homeport.service;

import io.homeport.handover.AgentControl;
import io.homeport.link.LinkPolicy;
import io.homeport.process.OpenFile;
import io.homeport.socket.ShadowNet;
import java.util.Collection;
import java.util.List;

/**
 * What this node knows of a service that has moved here, or is about to leave for the first time.
 *
 * @param serviceId random, drawn when it is first seen; stays through all moves
 * @param name what users call it
 * @param birthNode where it was started
 * @param startedMs when it was started, milliseconds since 1970
 * @param moves how often it has moved
 * @param pid its process, as this daemon sees it
 * @param capsulePid the init of its capsule, 0 if it was started plainly
 * @param cameFrom the node it left for this one, null if it has never moved
 * @param agent the control connection to its agent, null if it has never moved
 * @param net the namespace of its shadow sockets, null if it has never moved
 * @param dummies the AF_UNIX dummies that are its lasting ends of pipes, terminals and unix streams
 * @param linkPolicy by which links its streams go, if it was started or moved with one; null: what this node is configured to
 */
public record HostedService(
        long serviceId,
        String name,
        String birthNode,
        long startedMs,
        int moves,
        int pid,
        int capsulePid,
        String cameFrom,
        AgentControl agent,
        ShadowNet net,
        List<UnixDummy> dummies,
        LinkPolicy linkPolicy) {

    /**
     * An AF_UNIX pair that stands for a pipe, a terminal or a unix stream as long as the process is away from its origin.
     *
     * @param streamId the stream it is an end of
     * @param keptFd the number of the end M that the process keeps and the stub uses
     * @param fds the descriptors of the application's end
     */
    public record UnixDummy(long streamId, int keptFd, List<Integer> fds) {}

    /** Whether a descriptor is the application's end of a lasting AF_UNIX dummy. */
    public boolean isDummy(OpenFile file) {
        for (UnixDummy dummy : dummies) { // of a few; asked of each of thousands of sockets
            if (dummy.fds().contains(file.fd())) {
                return true;
            }
        }
        return false;
    }

    /** The same without the dummies of these streams. */
    public HostedService without(Collection<Long> streamIds) {
        List<UnixDummy> left =
                dummies.stream().filter(dummy -> !streamIds.contains(dummy.streamId())).toList();
        return new HostedService(
                serviceId, name, birthNode, startedMs, moves, pid, capsulePid, cameFrom, agent, net, left, linkPolicy);
    }

    /** The same with another link policy. */
    public HostedService by(LinkPolicy policy) {
        return new HostedService(
                serviceId, name, birthNode, startedMs, moves, pid, capsulePid, cameFrom, agent, net, dummies, policy);
    }
}
