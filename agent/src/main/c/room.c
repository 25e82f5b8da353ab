/*
 * Low descriptor numbers for code that others run in this process: CRIU's opens some files of its own, at the lowest free numbers, and closes
 * them by number when it is done, however late (compel's parasite_fini). With these numbers free it needs none that belongs to the
 * application. System calls and the stack only, as program.c says.
 */
#include "control.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

/* Twice what it has been seen to open at a time. */
#define ROOM 16

static int numbers[ROOM];
static int taken;

/* A number may have been closed under us, and be the application's by now. */
static int is_ours(int fd, int number) {
    struct stat one, other;
    return fstat(fd, &one) == 0 && fstat(number, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

int room_take(int fd) {
    int kept = 0;
    for (int i = 0; i < taken; i++) {
        if (is_ours(fd, numbers[i])) {
            numbers[kept++] = numbers[i];
        }
    }
    taken = kept;
    while (taken < ROOM) {
        int number = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        if (number < 0) {
            return -errno;
        }
        numbers[taken++] = number;
    }
    return 0;
}

int room_give(int fd) {
    int given = 0, highest = 0;
    for (; taken > 0; taken--) {
        int number = numbers[taken - 1];
        if (is_ours(fd, number) && close(number) == 0) {
            given++;
            highest = number > highest ? number : highest;
        }
    }
    return given == ROOM ? highest : INT_MAX;
}
