/*
 * Runs swap programs. This happens while every other thread of the JVM is stopped at an arbitrary instruction, perhaps inside malloc or
 * holding a lock of the JVM: so nothing here but system calls and the stack; no malloc, no stdio, no JNI.
 */
#include "control.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
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
    [UNIX_LISTENER] = {NUMBER, OUT, NUMBER},
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
        int32_t replaced = o->code == DUP ? o->b : o->code == CLOSE ? o->a : -1;
        if (replaced >= 0 && (replaced == reserved_fds[0] || replaced == reserved_fds[1])) {
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

/* A close of what a register holds empties it, so that nothing is closed twice. */
static int run_close(int *registers, int32_t operand) {
    int fd = fd_of(registers, operand);
    if (operand < 0) {
        *register_of(registers, operand) = -1;
    }
    return fd < 0 ? -EBADF : result(close(fd));
}

/*
 * unix_listen() wants an address. The kernel's own choice (autobind, man 7 unix) has 20 bits and could be taken where the process is
 * restored; this one has 128.
 */
static int run_listener(int *registers, const struct operation *o) {
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "\0homeport-"};
    const size_t prefix = 10, random_bytes = 16;
    uint8_t random[16];
    if (getrandom(random, random_bytes, 0) != (ssize_t) random_bytes) {
        return -EIO;
    }
    for (size_t i = 0; i < random_bytes; i++) {
        address.sun_path[prefix + 2 * i] = (char) ('a' + (random[i] & 15));
        address.sun_path[prefix + 2 * i + 1] = (char) ('a' + (random[i] >> 4));
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -errno;
    }
    socklen_t length = (socklen_t) (offsetof(struct sockaddr_un, sun_path) + prefix + 2 * random_bytes);
    if (bind(fd, (struct sockaddr *) &address, length) < 0 || listen(fd, o->a) < 0) {
        int error = -errno;
        close(fd);
        return error;
    }
    *register_of(registers, o->b) = fd;
    return fd;
}

static int run_epoll(int *registers, const struct operation *o) {
    struct epoll_event event = {.events = (uint32_t) o->c, .data.u64 = o->data};
    int command = o->code == EPOLL_ADD ? EPOLL_CTL_ADD : EPOLL_CTL_DEL;
    int done = result(epoll_ctl(fd_of(registers, o->a), command, fd_of(registers, o->b), &event));
    /* A roll-back may follow a program that stopped half-way: what is not registered need not be taken out. */
    return o->code == EPOLL_DEL && done == -ENOENT ? 0 : done;
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
        case UNIX_LISTENER: return run_listener(registers, o);
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
        if (registers[i] == fds[i]) {
            close(fds[i]);
        }
    }
}
