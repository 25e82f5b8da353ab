package io.homeport.bench.load;

import java.net.InetSocketAddress;

/**
 * One thing that a {@link LoadClient} is to do, as one line.
 *
 * @param work what
 * @param host of the server, or of what stands before it: a numeric address
 * @param port likewise
 * @param ms for how long
 * @param perSecond messages a second, for work at a fixed rate
 */
public record Order(Work work, String host, int port, int ms, int perSecond) {
    /** Work against an address. */
    public static Order of(Work work, InetSocketAddress address, int ms, int perSecond) {
        return new Order(work, address.getAddress().getHostAddress(), address.getPort(), ms, perSecond);
    }

    /** Without a line feed. */
    public String line() {
        return work.name() + " " + host + " " + port + " " + ms + " " + perSecond;
    }

    /** @throws IllegalArgumentException if it is no order */
    static Order parse(String line) {
        String[] words = line.split(" ");
        if (words.length != 5) {
            throw new IllegalArgumentException("no order: " + line);
        }
        return new Order(
                Work.valueOf(words[0]), words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]), Integer.parseInt(words[4]));
    }

    InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }
}
