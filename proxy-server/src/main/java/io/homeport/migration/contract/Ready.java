package io.homeport.migration.contract;

/**
 * The destination's word that the copy is complete and stopped.
 *
 * @param pid the copy's process id at the destination
 * @param restoreMs CRIU's share
 * @param shadowMs making the shadow sockets, beside CRIU, and swapping them in
 */
public record Ready(int pid, int restoreMs, int shadowMs) {}
