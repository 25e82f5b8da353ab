package io.homeport.process;

/**
 * One line of an epoll set: which descriptor it watches, for what, and the word it gives back.
 *
 * @param epollFd the epoll set's own descriptor
 * @param fd the watched descriptor
 * @param events the event mask (EPOLLIN, EPOLLET, EPOLLONESHOT, ...)
 * @param data the 64-bit word of epoll_event.data
 */
public record EpollRegistration(int epollFd, int fd, int events, long data) {}
