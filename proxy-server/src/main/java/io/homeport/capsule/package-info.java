/**
 * A service's own PID and mount namespace: how to start one, how to find the one a process lives in, how to run a command
 * there, how to end it. The init itself is agent/src/main/c/capsule.c. Called by migration threads and the command line;
 * everything blocks for the time of a few reads of /proc. Imports only {@code io.homeport.process}.
 */
package io.homeport.capsule;
