package io.homeport.report;

import java.util.List;

/**
 * What a migration would do; nothing was touched.
 *
 * @param service its name
 * @param pid on the source
 * @param from the source
 * @param to the destination
 * @param descriptors every file descriptor and what would become of it
 * @param obstacles what stands in the way and what to do about it; none: it can move
 */
public record DryRunReport(
        String service, long pid, String from, String to, List<Descriptor> descriptors, List<String> obstacles) {
    /**
     * One open file.
     *
     * @param fds the descriptor numbers that refer to it
     * @param file what it is: path, socket with addresses, pipe, ...
     * @param fate what would become of it
     * @param detail more, or the reason why it cannot move; may be empty
     */
    public record Descriptor(List<Integer> fds, String file, String fate, String detail) {}
}
