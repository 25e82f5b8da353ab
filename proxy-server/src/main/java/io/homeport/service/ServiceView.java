package io.homeport.service;

import io.homeport.process.FdFate;
import java.util.List;

/**
 * A service as people see it.
 *
 * @param pid its process on this node
 * @param name what it is called
 * @param user who runs it
 * @param commandLine of its JVM
 * @param birthNode where it was started
 * @param cameFrom the node it left for this one, null if it has never moved
 * @param moves how often it has moved
 * @param sockets its sockets and outside streams
 * @param losses connections that were reset here because their origin could not be reached, one sentence each
 */
public record ServiceView(
        int pid,
        String name,
        String user,
        List<String> commandLine,
        String birthNode,
        String cameFrom,
        int moves,
        List<SocketView> sockets,
        List<String> losses) {

    /**
     * One socket.
     *
     * @param fate its descriptors and addresses
     * @param boundAt the node that keeps the real one
     * @param link by which link it is bound there; null if it is not, or by none
     * @param waiting what it waits for if it is not bound; null if it is
     */
    public record SocketView(FdFate fate, String boundAt, String link, String waiting) {}
}
