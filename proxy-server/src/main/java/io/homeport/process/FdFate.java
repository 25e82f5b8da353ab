package io.homeport.process;

import java.util.List;

/**
 * One open file of a process with its fate; descriptors that share the open file are one entry.
 *
 * @param files the descriptors, the lowest first
 * @param fate what becomes of it
 * @param facts what the kernel says of the socket, null if it is none
 * @param note what there is to say but its addresses: the reason of a refusal, for example
 */
public record FdFate(List<OpenFile> files, Fate fate, SocketFacts facts, String note) {

    /** For people: the note, or the addresses of a connection. */
    public String detail() {
        return note.isEmpty() && facts != null && facts.inet() ? facts.addresses() : note;
    }

    /** The lowest descriptor number. */
    public int fd() {
        return files.get(0).fd();
    }

    /** A TCP connection that has its peer: of this node, or moved here. */
    public boolean isConnection() {
        return fate == Fate.CONNECTION || fate == Fate.STUB && facts != null && facts.connected();
    }

    /** The descriptor numbers, the lowest first. */
    public List<Integer> numbers() {
        return files.size() == 1 ? List.of(fd()) : files.stream().map(OpenFile::fd).toList();
    }

    public OpenFile file() {
        return files.get(0);
    }
}
