/**
 * CRIU as a program: dump, restore and the checks around them, and the files that an image refers to without holding them.
 * Every call blocks the calling thread, a migration's, until the program has ended or its time is over; nothing here keeps
 * state. Imports only {@code io.homeport.capsule} and {@code io.homeport.process}.
 *
 * <p>What CRIU needs and does was measured with 4.2.1 on Linux 6.18; older ones fail there (see scripts/get-criu).
 */
package io.homeport.criu;
