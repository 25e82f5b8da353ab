/**
 * The services of this node: which processes they are, what they are called, where they came from, and what is kept up for
 * those that have moved here (socket options set on the real sockets, real sockets given back).
 *
 * <p>Any thread, but for the two that {@link io.homeport.service.OptionWatch} and {@link io.homeport.service.SocketReturn}
 * own. Must not import a migration: those move services, a service does not know it.
 */
package io.homeport.service;
