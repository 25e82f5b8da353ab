package io.homeport.link;

import java.util.concurrent.CompletableFuture;

/** Serves the requests of other nodes. */
@FunctionalInterface
public interface RequestHandler {
    /**
     * Serves one request. Called on a thread that may block; several calls run at the same time.
     *
     * @param from who calls; authenticated
     * @param method as given to {@link Peer#call}
     * @param request the argument
     * @return the reply; null if this method is not served here. What it fails with, the caller sees as text
     */
    CompletableFuture<byte[]> handle(Peer from, short method, byte[] request);
}
