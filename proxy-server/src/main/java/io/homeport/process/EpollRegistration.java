package io.homeport.process;

/**
 * One line of an epoll set: which descriptor it watches, for what, and the word it gives back.
 *
 * @param epollFd the epoll set's own descriptor
 * @param fd the watched descriptor
 * @param events the event mask (EPOLLIN, EPOLLET, EPOLLONESHOT, ...)
 * @param data the 64-bit word of epoll_event.data
 */
public record EpollRegistration(int epollFd, int fd, int events, long data) {

    /** Parses {@code tfd: 5 events: 19 data: ffffffff00000005 pos:0 ino:61 sdev:7} (fs/eventpoll.c, ep_show_fdinfo). */
    static EpollRegistration parse(int epollFd, String line) {
        String[] words = line.trim().split("[\\s:]+");
        return new EpollRegistration(
                epollFd,
                Integer.parseInt(words[1]),
                Integer.parseUnsignedInt(words[3], 16),
                Long.parseUnsignedLong(words[5], 16));
    }
}
