/**
 * The dining philosophers: five JVMs that eat and one that keeps the forks. Two neighbours share a fork, nobody eats without
 * two. These are the processes that are moved, and they know nothing of it: no reconnect, no retry, no time-out.
 *
 * <p>Needs the JDK and {@code io.homeport.demo.wire} only; must not import anything of Homeport or of the demo's driver.
 */
package io.homeport.demo.table;
