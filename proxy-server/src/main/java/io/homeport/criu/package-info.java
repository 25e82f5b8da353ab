/**
 * CRIU as a program: dump, restore and the checks around them, and the memory that goes ahead of a dump.
 * Every call blocks the calling thread, a migration's, until the program has ended or its time is over; nothing here keeps
 * state. Imports only {@code io.homeport.capsule}, {@code io.homeport.process} and {@code io.homeport.posix}.
 *
 * <p>What CRIU needs and does was measured with 4.2.1 on Linux 6.18; older ones fail there (see scripts/get-criu).
 */
package io.homeport.criu;
