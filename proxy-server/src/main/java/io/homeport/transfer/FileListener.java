package io.homeport.transfer;

import java.nio.file.Path;

/** Hears of files as they come. Called on the transfer's thread, which stores nothing meanwhile. */
@FunctionalInterface
public interface FileListener {
    /**
     * A file has been stored, and its checksum is right; the transfer goes on afterwards, and then its sender knows that it is stored.
     *
     * @param node who sends; proven
     * @param name below the transfer's directory
     * @param file where it is as long as this call lasts
     */
    void stored(String node, long transferId, String name, Path file);
}
