package io.homeport.process;

import java.util.List;

/**
 * One open file of a process with its fate; descriptors that share the open file are one entry.
 *
 * @param files the descriptors, the lowest first
 * @param fate what becomes of it
 * @param facts what the kernel says of the socket, null if it is none
 * @param detail addresses, or the reason of a refusal
 */
public record FdFate(List<OpenFile> files, Fate fate, SocketFacts facts, String detail) {

    /** The lowest descriptor number. */
    public int fd() {
        return files.get(0).fd();
    }

    public OpenFile file() {
        return files.get(0);
    }
}
