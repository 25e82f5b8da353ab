package io.homeport.report;

import java.util.List;

/** The services of a node. */
public record ServiceList(String node, List<Service> services) {
    /**
     * One service.
     *
     * @param name given with --name, else taken from its command line
     * @param pid on this node, as the daemon sees it
     * @param user it runs as
     * @param command its command line, shortened
     * @param bornAt node where it was started
     * @param cameFrom node it came from last; null if it never moved
     * @param moves how often it moved
     * @param agent whether the agent is in it already
     * @param sockets the network sockets and outside streams it has open
     * @param losses connections that were reset because their origin could not be reached, one sentence each
     */
    public record Service(
            String name,
            long pid,
            String user,
            String command,
            String bornAt,
            String cameFrom,
            int moves,
            boolean agent,
            List<Socket> sockets,
            List<String> losses) {}

    /**
     * One socket.
     *
     * @param fds the descriptor numbers that refer to it
     * @param kind e.g. TCP, LISTENER, UNIX, PIPE_IN, PIPE_OUT
     * @param local local address as the application sees it
     * @param remote the peer's; null if there is none
     * @param boundAt node that keeps the real socket
     * @param link by which link it is bound there; null if it is not, or by none
     * @param waiting what it waits for if it is not bound; null if it is
     */
    public record Socket(List<Integer> fds, String kind, String local, String remote, String boundAt, String link, String waiting) {}
}
