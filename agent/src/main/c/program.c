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
    [PEEK] = {OUT, NUMBER, TARGET},
    [MOVE] = {OUT, TARGET, NUMBER},
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
        int32_t target = o->code == DUP || o->code == MOVE ? o->b : o->code == CLOSE ? o->a : -1;
        if (target >= 0 && (target == reserved_fds[0] || target == reserved_fds[1])) {
            return -EBADMSG;
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

/* A file that came along, and happens to have the number under which another is to come, gets another number. */
static int give_way(int *registers, int sent, int number) {
    for (int i = 0; i < sent; i++) {
        if (registers[i] == number && (registers[i] = fcntl(number, F_DUPFD_CLOEXEC, 0)) < 0) {
            return -errno;
        }
    }
    return 0;
}

static int run_dup(int *registers, int sent, const struct operation *o) {
    int failed = give_way(registers, sent, o->b);
    return failed < 0 ? failed : result(dup3(fd_of(registers, o->a), o->b, o->c ? O_CLOEXEC : 0));
}

/* The same of what has come along for this number alone: it is there already where the free numbers are filled in their order. */
static int run_move(int *registers, int sent, const struct operation *o) {
    int *file = register_of(registers, o->a);
    if (*file != o->b) {
        int done = run_dup(registers, sent, o);
        done = done < 0 ? done : result(close(*file));
        if (done < 0) {
            return done;
        }
    } else if (!o->c && fcntl(*file, F_SETFD, 0) < 0) {
        return -errno;
    }
    *file = -1;
    return o->b;
}

/* A close of what a register holds empties it, so that nothing is closed twice. */
static int run_close(int *registers, int32_t operand) {
    int fd = fd_of(registers, operand);
    if (operand < 0) {
        *register_of(registers, operand) = -1;
    }
    return fd < 0 ? -EBADF : result(close(fd));
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

/*
 * Files that wait in a socket's queue, those of its message of that number, are duplicated as if they had been sent along; each message there
 * is one byte (socket(7), SO_PEEK_OFF). The queue stays as it is, and has no low number meanwhile: those are the files'.
 */
static int run_peek(int *registers, int *sent, const struct operation *o) {
    int message = o->b, queue = *register_of(registers, o->a), high = fcntl(queue, F_DUPFD_CLOEXEC, o->c);
    if (high >= 0) { /* else it is at its limit, and the files give way to each other */
        close(queue);
        queue = *register_of(registers, o->a) = high;
    }
    char byte, control[CMSG_SPACE(HOMEPORT_MAX_FDS * sizeof(int))] __attribute__((aligned(8)));
    struct iovec data = {.iov_base = &byte, .iov_len = 1};
    struct msghdr peeked = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    if (*sent + HOMEPORT_MAX_FDS > REGISTERS) {
        return -E2BIG;
    }
    if (setsockopt(queue, SOL_SOCKET, SO_PEEK_OFF, &message, sizeof message) < 0) {
        return -errno;
    }
    ssize_t received = recvmsg(queue, &peeked, MSG_PEEK | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (received < 0) {
        return -errno;
    }
    struct cmsghdr *header = CMSG_FIRSTHDR(&peeked);
    if (received == 0 || header == NULL || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
        return -ENODATA;
    }
    int count = (int) ((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    memcpy(registers + *sent, CMSG_DATA(header), (size_t) count * sizeof(int));
    *sent += count;
    return (peeked.msg_flags & MSG_CTRUNC) != 0 ? -EMFILE : count;
}

static int run_one(int *registers, int *sent, const struct operation *o) {
    int value = (int) o->data;
    switch ((enum code) o->code) {
        case NOP: return o->a < 0 ? fd_of(registers, o->a) : 0;
        case SOCKETPAIR:
        case PIPE: return run_pair(registers, o);
        case DUP: return run_dup(registers, *sent, o);
        case CLOSE: return run_close(registers, o->a);
        case EPOLL_DEL:
        case EPOLL_ADD: return run_epoll(registers, o);
        case SETFL: return result(fcntl(fd_of(registers, o->a), F_SETFL, o->c));
        case FCNTL_DUP: return *register_of(registers, o->b) = result(fcntl(fd_of(registers, o->a), F_DUPFD_CLOEXEC, o->c));
        case SETSOCKOPT_INT: return result(setsockopt(fd_of(registers, o->a), o->b, o->c, &value, sizeof value));
        case USERFAULTFD: return run_userfaultfd(fd_of(registers, o->a));
        case GIVE_ROOM: return room_give(fd_of(registers, o->a));
        case TAKE_ROOM: return room_take(fd_of(registers, o->a));
        case MOVE: return run_move(registers, *sent, o);
        case PEEK: return run_peek(registers, sent, o);
        case CODES: break;
    }
    return -EBADMSG;
}

void program_run(struct operation *operations, uint32_t count, const int *fds, int fd_count) {
    int registers[REGISTERS], sent = fd_count;
    for (int i = 0; i < REGISTERS; i++) {
        registers[i] = i < fd_count ? fds[i] : -1;
    }
    uint32_t done = 0;
    for (int failed = 0; done < count && !failed; done++) {
        operations[done].result = run_one(registers, &sent, &operations[done]);
        failed = operations[done].result < 0;
    }
    for (; done < count; done++) {
        operations[done].result = -ECANCELED;
    }
    for (int i = 0; i < sent; i++) {
        if (registers[i] >= 0) {
            close(registers[i]);
        }
    }
}
