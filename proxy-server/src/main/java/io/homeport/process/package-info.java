/**
 * What the kernel says of a process: its threads, open files, epoll sets and sockets, and what a move would do with each.
 *
 * <p>Everything here only looks; nothing is changed in the process. Called on the thread of one migration or of one
 * local request. Must not import streams, links or migrations.
 */
package io.homeport.process;
