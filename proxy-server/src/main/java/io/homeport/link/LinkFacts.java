package io.homeport.link;

/**
 * How one link stands, for people.
 *
 * @param node the other node
 * @param name as policies call it
 * @param address where the other node listens on it
 * @param state now
 * @param reason why it is not up; empty if it is
 * @param sinceMs how long it has been so, milliseconds
 * @param roundTripNs of the last answered probe in nanoseconds, -1 if there was none
 * @param sentBytes bytes of frames sent by it since the daemon started
 * @param receivedBytes bytes of frames that it has brought
 */
public record LinkFacts(
        String node, String name, String address, LinkState state, String reason, long sinceMs, long roundTripNs, long sentBytes, long receivedBytes) {
    /** One clause for a message: "eth1 (10.77.1.2:7707) DOWN for 3 s: Connection refused". */
    public String text() {
        return name + " (" + address + ") " + state + " for " + sinceMs / 1_000 + " s" + (reason.isEmpty() ? "" : ": " + reason);
    }
}
