/**
 * The bytes that stay in flight, kept until the other end has them: for the time a process is on the road, for lost links and for a daemon's crash
 * (not for power loss: a TCP connection dies with its kernel anyway, so the files belong on tmpfs).
 *
 * <p>One {@link io.homeport.journal.Journal} per node, used by its data loop alone. It knows nothing of streams but their number; what is
 * still needed is decided by its caller. Must not import other packages of Homeport.
 */
package io.homeport.journal;
