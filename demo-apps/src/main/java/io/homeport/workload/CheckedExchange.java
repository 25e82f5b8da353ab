package io.homeport.workload;

/**
 * One request and its answer over any HTTP server or client: {@code POST /checked?seed=HEX&from=POSITION}, body and answer being
 * the bytes of the two checked streams from that position on. The answer's header {@value #PEER_HEADER} names the client's
 * address as the server sees it, so that a connection that was quietly opened anew is found out.
 */
public final class CheckedExchange {
    /** Header of an answer: {@code address:port} of the connection's other end. */
    public static final String PEER_HEADER = "Checked-Peer";

    private CheckedExchange() {}

    /** Path and query of a request. */
    public static String path(long seed, long from) {
        return "/checked?seed=" + Long.toHexString(seed) + "&from=" + from;
    }

    /** The answer to a request. @throws IllegalArgumentException naming the place if a byte of the request is wrong */
    public static byte[] answer(String query, byte[] body) {
        String[] parts = query.split("[=&]");
        long seed = Long.parseUnsignedLong(parts[1], 16);
        long from = Long.parseLong(parts[3]);
        int wrong = CheckedBytes.firstMismatch(seed, from, body, 0, body.length);
        if (wrong >= 0) {
            IllegalArgumentException mismatch = new IllegalArgumentException("wrong byte in a request at " + (from + wrong));
            Complaints.about(query, mismatch);
            throw mismatch;
        }
        return CheckedBytes.of(CheckedBytes.answerSeed(seed), from, body.length);
    }

    /** Checks an answer. @throws IllegalStateException naming what is wrong */
    public static void check(long seed, long from, int lengthBytes, int status, byte[] answer) {
        if (status != 200 || answer.length != lengthBytes) {
            throw new IllegalStateException("status " + status + ", " + answer.length + " of " + lengthBytes + " bytes");
        }
        int wrong = CheckedBytes.firstMismatch(CheckedBytes.answerSeed(seed), from, answer, 0, answer.length);
        if (wrong >= 0) {
            throw new IllegalStateException("wrong byte in an answer at " + (from + wrong));
        }
    }
}
