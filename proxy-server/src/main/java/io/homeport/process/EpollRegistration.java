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
        return new EpollRegistration(
                epollFd,
                Integer.parseInt(word(line, "tfd:")),
                Integer.parseUnsignedInt(word(line, "events:"), 16),
                Long.parseUnsignedLong(word(line, "data:"), 16));
    }

    /** The word after {@code name}: there may be thousands of lines, and the process stands still. */
    private static String word(String line, String name) {
        int from = line.indexOf(name) + name.length();
        while (line.charAt(from) == ' ') {
            from++;
        }
        return line.substring(from, line.indexOf(' ', from));
    }
}
