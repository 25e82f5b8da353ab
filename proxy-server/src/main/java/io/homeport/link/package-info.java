/**
 * Connections between nodes: for every peer one TCP connection with TLS 1.3 per traffic class (a <em>lane</em>), kept
 * alive, authenticated both ways by the cluster's certificates, dialled again until it lives.
 *
 * <pre>
 *            Links ── Peer "beta" ─┬─ CONTROL lane   requests and replies, never throttled     control loop
 *                                  ├─ STREAM  lane   bytes of moved sockets                    data loop (given)
 *                                  └─ BULK    lane   process images                            bulk loop
 * </pre>
 *
 * <p>Threads: each traffic class has one event loop for the lanes of all peers; listeners are called on it and must not
 * block. Request handlers run on threads of their own. Must not import any other package of the daemon: a frame's
 * meaning is its listener's business. docs/protocol.md describes the bytes.
 */
package io.homeport.link;
