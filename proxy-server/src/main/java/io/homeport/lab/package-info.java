/**
 * Several nodes on one machine, each as much a host of its own as one kernel allows: network, mount, PID, UTS and IPC
 * namespaces, private /tmp, /run, /var/tmp and /dev/shm, a daemon. For one's own experiments ({@code homeport lab}), for
 * the demo and for every system test.
 *
 * <p>Runs on the caller's thread, outside the nodes, as root. Works by starting {@code ip}, {@code unshare} and
 * {@code nsenter}; must not import links, streams or migrations.
 */
package io.homeport.lab;
