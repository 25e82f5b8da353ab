/*
 * The descriptor table of this process as it sees it itself: three system calls for each number, where /proc takes four that go through the
 * file system. System calls and the stack only, as program.c says.
 */
#include "control.h"

#include <fcntl.h>
#include <sys/stat.h>

int table_read(int from, int to, struct entry *entries, int room) {
    int found = 0;
    for (int fd = from; fd < to && found < room; fd++) {
        struct stat file;
        int own = fcntl(fd, F_GETFD), flags = own < 0 ? own : fcntl(fd, F_GETFL);
        if (flags >= 0 && fstat(fd, &file) == 0) {
            int cloexec = own & FD_CLOEXEC ? O_CLOEXEC : 0;
            entries[found++] = (struct entry) {.fd = fd, .flags = (flags & ~O_CLOEXEC) | cloexec, .mode = file.st_mode, .inode = file.st_ino};
        }
    }
    return found;
}
