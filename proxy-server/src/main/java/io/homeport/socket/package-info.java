/**
 * Kernel sockets as the data path needs them: raw file descriptors on Netty's epoll loop with the exact meaning of every result (half-close,
 * reset, pending errors, urgent data), the options worth carrying to another node, and the private "shadow" network namespaces in which a
 * moved process gets sockets with its original addresses.
 *
 * <p>Uses Posix and Netty's loop only; must not import other packages of Homeport but {@code posix}.
 */
package io.homeport.socket;
