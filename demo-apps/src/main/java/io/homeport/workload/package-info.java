/**
 * Services that are moved by the system tests, and the checked clients that talk to them.
 *
 * <p>Every byte of every connection is a function of (seed, position), so a lost, doubled, swapped or foreign byte is seen by
 * whoever reads it; both ends check, and the service tells at the end of each connection what it counted.
 *
 * <p>Nothing here knows of Homeport: a service must not be able to tell that it is moved. Threads: each server runs its own;
 * a {@link io.homeport.workload.Conversation} belongs to one connection. Must not import any other package of the project.
 */
package io.homeport.workload;
