package io.homeport.criu;

/**
 * A restored process. Nobody has to close it: the capsule ends with the process; {@code new Capsule(initPid).kill()} ends both.
 *
 * @param initPid the capsule's init, as this process numbers it
 * @param pid the restored root process, as this process numbers it
 * @param innermostPid its number in the capsule, the one it has always had for itself
 */
public record Restored(int initPid, int pid, int innermostPid) {}
