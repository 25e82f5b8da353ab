package io.homeport.workload.server;

import java.io.Closeable;

/** A server of checked conversations over one kind of socket. Made by any thread, runs its own, closed by who made it. */
public interface CheckedServer extends Closeable {
    /** Name of the kind of socket, such as {@code selector}. */
    String kind();

    /** Port it listens on, on every local address. */
    int port();
}
