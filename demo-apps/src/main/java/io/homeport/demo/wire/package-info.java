/**
 * The diners' own protocol: frames with sequence numbers and a running checksum over a TCP connection, and four ways in which
 * a JVM can hold such a connection. It is the load that shows a lost, doubled or reordered byte at once, at either end.
 *
 * <p>Threads: each {@link io.homeport.demo.wire.Session} has one that reads and one that writes. Runs inside the JVMs that
 * are moved, so it needs the JDK only and must not import anything of Homeport.
 */
package io.homeport.demo.wire;
