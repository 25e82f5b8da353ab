/**
 * Designs for the data path, bare: relays with nothing of Homeport in them, to be measured beside each other by
 * {@link io.homeport.bench.relay}. Each is a program of its own, started in a node with a few jars on its class path.
 *
 * <pre>
 *   NettyRelay    event loops; each waits in epoll, or (netty-spin) asks for some microseconds before it waits
 *   AgronaRelay   one duty cycle; it tries sockets while there is work, then backs off, or (agrona-wait) waits in epoll
 * </pre>
 *
 * <p>Must not import other packages of Homeport.
 */
package io.homeport.bench.datapath;
