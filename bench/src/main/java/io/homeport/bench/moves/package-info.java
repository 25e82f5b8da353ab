/**
 * Measures whole migrations: a lab of its own, an echo service that goes round it, clients on the host that ping all the time, and
 * beside every move a checkpoint and a restore by hand of a JVM without connections, which is the floor that a move is compared with;
 * if asked for, also a move of a second echo service by {@code criu --tcp-established}, its address along.
 *
 * <pre>
 *   host                     alpha ───► beta ───► gamma ───► alpha ...
 *   PingLoad ══ TCP ══►  EchoService (origin alpha, wherever it is)
 *                        FloorService: criu dump, criu restore, on alpha
 *   PingLoad ══ TCP ══►  AddressedService, 10.77.X.253: alpha ───► beta ───► alpha ...
 * </pre>
 *
 * <p>The measuring is done by the command's thread, the pinging by one thread of its own. {@link io.homeport.bench.moves.EchoService}
 * runs in JVMs of its own and uses nothing but the JDK.
 */
package io.homeport.bench.moves;
