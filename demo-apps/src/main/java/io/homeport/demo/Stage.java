package io.homeport.demo;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;

/**
 * Nodes on which processes run and between which they can be moved. One thread calls; {@link #close} may be called by any,
 * again and again.
 */
interface Stage extends Closeable {
    /** Names of the nodes. */
    List<String> nodes();

    /** Where the host reaches this node; processes listen there. */
    InetAddress address(String node);

    /** Starts a process; returns at once. `mainAndSettings` are the words behind the class path. */
    void start(Guest guest, String node, List<String> mainAndSettings) throws IOException;

    /**
     * Moves it, telling each step; returns when it runs at `to`. IOException says what failed; it then still runs at `from`.
     */
    void migrate(Guest guest, String from, String to, Consumer<String> steps) throws IOException;

    /** Last words of a process, for the report of a failure. */
    String lastWords(Guest guest);

    /** Ends all processes and takes the nodes down. */
    @Override
    void close();
}
