/**
 * The hand-over of a process's descriptors: the daemon's half of the talk with the agent, swap programs, and what puts
 * dummies and sockets under descriptors.
 *
 * <p>Runs on the thread of one migration, because a freeze belongs to the thread that made it (ptrace(2)). Must not
 * import streams, links or migrations.
 */
package io.homeport.handover;
