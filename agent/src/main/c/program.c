/*
 * Runs swap programs. This happens while every other thread of the JVM is stopped at an arbitrary instruction, perhaps inside malloc or
 * holding a lock of the JVM: so nothing here but system calls and the stack; no malloc, no stdio, no JNI.
 */
#include "control.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What each operand is: an fd to use, a register to fill, a literal fd to put something under, or a plain number. */
enum role { NUMBER, FD, OUT, TARGET };

static const uint8_t roles[CODES][3] = {
    [NOP] = {FD, NUMBER, NUMBER},
    [SOCKETPAIR] = {NUMBER, OUT, OUT},
    [PIPE] = {NUMBER, OUT, OUT},
    [DUP] = {FD, TARGET, NUMBER},
    [CLOSE] = {FD, NUMBER, NUMBER},
    [EPOLL_DEL] = {FD, FD, NUMBER},
    [EPOLL_ADD] = {FD, FD, NUMBER},
    [SETFL] = {FD, NUMBER, NUMBER},
    [FCNTL_DUP] = {FD, OUT, NUMBER},
    [SETSOCKOPT_INT] = {FD, NUMBER, NUMBER},
    [USERFAULTFD] = {FD, NUMBER, NUMBER},
    [GIVE_ROOM] = {FD, NUMBER, NUMBER},
    [TAKE_ROOM] = {FD, NUMBER, NUMBER},
    [COVER] = {FD, TARGET, TARGET},
};

static int is_register(int32_t operand) { return operand < 0 && operand >= -REGISTERS; }

static int good_operand(uint8_t role, int32_t operand) {
    switch (role) {
        case FD: return operand >= 0 || is_register(operand);
        case OUT: return is_register(operand);
        case TARGET: return operand >= 0;
        default: return 1;
    }
}

int program_check(const struct operation *operations, uint32_t count, const int reserved_fds[2]) {
    for (uint32_t i = 0; i < count; i++) {
        const struct operation *o = &operations[i];
        if (o->code >= CODES || o->reserved != 0 || !good_operand(roles[o->code][0], o->a) || !good_operand(roles[o->code][1], o->b)
            || !good_operand(roles[o->code][2], o->c)) {
            return -EBADMSG;
        }
        /* The control pair itself: without it nobody could put anything right again. */
        int32_t first = o->code == DUP || o->code == COVER ? o->b : o->code == CLOSE ? o->a : -1;
        int32_t last = o->code == COVER ? o->c : first;
        for (int r = 0; r < 2; r++) {
            if (first <= reserved_fds[r] && reserved_fds[r] <= last) {
                return -EBADMSG;
            }
        }
    }
    return 0;
}

static int *register_of(int *registers, int32_t operand) { return &registers[-1 - operand]; }

static int fd_of(int *registers, int32_t operand) { return operand >= 0 ? operand : *register_of(registers, operand); }

static int result(int value) { return value < 0 ? -errno : value; }

static int run_pair(int *registers, const struct operation *o) {
    int pair[2];
    int made = o->code == PIPE ? pipe2(pair, O_CLOEXEC) : socketpair(AF_UNIX, o->a | SOCK_CLOEXEC, 0, pair);
    if (made < 0) {
        return -errno;
    }
    *register_of(registers, o->b) = pair[0];
    *register_of(registers, o->c) = pair[1];
    return pair[1];
}

/* A close of what a register holds empties it, so that nothing is closed twice. */
static int run_close(int *registers, int32_t operand) {
    int fd = fd_of(registers, operand);
    if (operand < 0) {
        *register_of(registers, operand) = -1;
    }
    return fd < 0 ? -EBADF : result(close(fd));
}

static int run_cover(int fd, int first, int last) {
    for (int number = last; number >= first; number--) {
        if (dup3(fd, number, O_CLOEXEC) < 0) {
            return -errno;
        }
    }
    return 0;
}

static int run_epoll(int *registers, const struct operation *o) {
    struct epoll_event event = {.events = (uint32_t) o->c, .data.u64 = o->data};
    int set = fd_of(registers, o->a), fd = fd_of(registers, o->b);
    int command = o->code == EPOLL_ADD ? EPOLL_CTL_ADD : EPOLL_CTL_DEL;
    int done = result(epoll_ctl(set, command, fd, &event));
    /*
     * A roll-back may follow a program that stopped half-way: what is not registered, or closed, need not be taken out, and what is
     * registered still is only set. The same goes for a set under two numbers, of which each tells all registrations. EPERM: the number has
     * a plain file that a killed CRIU has left there (epoll_ctl(2)).
     */
    if (o->code == EPOLL_DEL) {
        return done == -ENOENT || done == -EBADF || done == -EPERM ? 0 : done;
    }
    return done == -EEXIST ? result(epoll_ctl(set, EPOLL_CTL_MOD, fd, &event)) : done;
}

/*
 * Sends a userfaultfd of this process by a socket, and keeps none: whoever reads it has the only one, and its end takes all that was done by
 * it off this memory. UFFD_USER_MODE_ONLY needs no privilege; what it leaves out are faults that somebody must answer.
 */
static int run_userfaultfd(int sock) {
    int uffd = (int) syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
    if (uffd < 0) {
        return -errno;
    }
    char byte = 0, control[CMSG_SPACE(sizeof uffd)] __attribute__((aligned(8))) = {0};
    struct iovec data = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr) {.cmsg_len = CMSG_LEN(sizeof uffd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(header), &uffd, sizeof uffd);
    int sent = result((int) sendmsg(sock, &message, MSG_NOSIGNAL | MSG_DONTWAIT));
    close(uffd);
    return sent;
}

static int run_one(int *registers, const struct operation *o) {
    int value = (int) o->data;
    switch ((enum code) o->code) {
        case NOP: return o->a < 0 ? fd_of(registers, o->a) : 0;
        case SOCKETPAIR:
        case PIPE: return run_pair(registers, o);
        case DUP: return result(dup3(fd_of(registers, o->a), o->b, o->c ? O_CLOEXEC : 0));
        case CLOSE: return run_close(registers, o->a);
        case EPOLL_DEL:
        case EPOLL_ADD: return run_epoll(registers, o);
        case SETFL: return result(fcntl(fd_of(registers, o->a), F_SETFL, o->c));
        case FCNTL_DUP: return *register_of(registers, o->b) = result(fcntl(fd_of(registers, o->a), F_DUPFD_CLOEXEC, o->c));
        case SETSOCKOPT_INT: return result(setsockopt(fd_of(registers, o->a), o->b, o->c, &value, sizeof value));
        case USERFAULTFD: return run_userfaultfd(fd_of(registers, o->a));
        case GIVE_ROOM: return room_give(fd_of(registers, o->a));
        case TAKE_ROOM: return room_take(fd_of(registers, o->a));
        case COVER: return run_cover(fd_of(registers, o->a), o->b, o->c);
        case CODES: break;
    }
    return -EBADMSG;
}

void program_run(struct operation *operations, uint32_t count, const int *fds, int fd_count) {
    int registers[REGISTERS];
    for (int i = 0; i < REGISTERS; i++) {
        registers[i] = i < fd_count ? fds[i] : -1;
    }
    uint32_t done = 0;
    for (int failed = 0; done < count && !failed; done++) {
        operations[done].result = run_one(registers, &operations[done]);
        failed = operations[done].result < 0;
    }
    for (; done < count; done++) {
        operations[done].result = -ECANCELED;
    }
    for (int i = 0; i < fd_count; i++) {
        if (registers[i] >= 0) {
            close(registers[i]);
        }
    }
}
