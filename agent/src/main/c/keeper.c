/*
 * homeport-keeper: keeps a daemon's sockets while the daemon itself is killed, crashes or is upgraded.
 *
 *   homeport-keeper COMMAND...
 *
 *      keeper ── fork, exec ──► COMMAND (the daemon)
 *        ▲  FDSTORE=1 FDNAME=x + descriptor │        descriptors are files: the kernel keeps a file as long as somebody holds it
 *        └──────────────────────────────────┘
 *      the daemon ends abnormally ──► started again with every kept descriptor from number 3 on
 *
 * The protocol is systemd's, so that a daemon need not know who keeps: sd_notify(3) (NOTIFY_SOCKET, datagrams, FDSTORE=1,
 * FDSTOREREMOVE=1, FDNAME=, FDPOLL=0, READY=1), sd_listen_fds(3) (LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES), and FDSTORE=N in
 * the environment, which says that there is a store (systemd 254). Besides, FDNAMES=a:b:c is a name for each of the descriptors of one
 * message, if the environment has HOMEPORT_KEEPER_NAMES: a daemon may be newer than its keeper.
 *
 * What is an abnormal end: a signal, or an exit status other than 0 and 128 + the signal that we were asked to pass on, once
 * the daemon has said READY=1. Before that a failing daemon ends us with its status, unless something is kept already. Status
 * 75 (RESTART) asks for a new start at once. The pause before a start grows only while starts fail.
 *
 * Messages of a daemon that has been killed are still in our socket and are read before the next start: nothing it handed
 * over is lost. They are taken from our child alone (SCM_CREDENTIALS, unix(7)).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    FAILED = 125,           /* our own failure, as with env(1) */
    RESTART = 75,           /* EX_TEMPFAIL: the daemon wants to be started anew, from what is installed now */
    FIRST_PASSED = 3,       /* SD_LISTEN_FDS_START */
    NAME_BYTES = 32,
    MESSAGE_BYTES = 4096,
    MESSAGE_FDS = 253,      /* SCM_MAX_FD */
    RESERVED_FDS = 200,     /* the daemon's own, beside what is kept */
    MOST_KEPT = 24000,      /* their names must fit into one variable of 128 KiB (MAX_ARG_STRLEN, execve(2)) */
    FIRST_PAUSE_MS = 100,
    LONGEST_PAUSE_MS = 10000
};

struct kept {
    int fd;
    int next; /* in its chain, -1 at its end */
    char name[NAME_BYTES];
};

static struct kept *store;
static int *chains; /* by the name's hash; names come and go by the thousand while a process stands still */
static int count, room;
static int ready;
static int ending; /* the signal that we passed on to end the daemon, 0 if none */

static void say(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "homeport-keeper: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
}

static void die(const char *what) {
    say("%s: %s", what, strerror(errno));
    exit(FAILED);
}

/* Under our feet everybody shares the limit: what is kept is passed on, too. */
static int raise_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        die("getrlimit");
    }
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    rlim_t most = limit.rlim_max - RESERVED_FDS;
    return most > MOST_KEPT ? MOST_KEPT : (int) most;
}

static int open_socket(char *address, size_t bytes) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    struct timespec now;
    int on = 1;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(address, bytes, "@homeport-keeper-%d-%lx", getpid(), now.tv_nsec ^ (long) now.tv_sec << 20);
    memcpy(name.sun_path, address, strlen(address));
    name.sun_path[0] = 0; /* an abstract name: nothing to remove */
    socklen_t length = (socklen_t) (offsetof(struct sockaddr_un, sun_path) + strlen(address));
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0 || bind(fd, (struct sockaddr *) &name, length) != 0) {
        die("cannot make the notification socket");
    }
    return fd;
}

/* FNV-1a: names differ in their last digits mostly. */
static int *chain_of(const char *name) {
    unsigned hash = 2166136261u;
    for (; *name != 0; name++) {
        hash = (hash ^ (unsigned char) *name) * 16777619u;
    }
    return &chains[hash % (unsigned) room];
}

/* What points to an entry. */
static int *link_to(int entry) {
    int *link = chain_of(store[entry].name);
    while (*link != entry) {
        link = &store[*link].next;
    }
    return link;
}

static void keep(const char *name, int fd) {
    if (count == room || strlen(name) >= NAME_BYTES) {
        say("no room for '%s': %d descriptors are kept; it will not outlive the daemon", name, count);
        close(fd);
        return;
    }
    int *chain = chain_of(name);
    store[count].fd = fd;
    store[count].next = *chain;
    strcpy(store[count].name, name);
    *chain = count++;
}

/* The last entry moves to the place of one that goes. */
static void let_go(const char *name) {
    for (int *link = chain_of(name); *link >= 0;) {
        int gone = *link;
        if (strcmp(store[gone].name, name) != 0) {
            link = &store[gone].next;
            continue;
        }
        close(store[gone].fd);
        *link = store[gone].next;
        int last = --count;
        if (gone != last) {
            *link_to(last) = gone;
            store[gone] = store[last];
            link = chain_of(name); /* it may have been the link of that entry */
        }
    }
}

/* One message: lines KEY=VALUE (sd_notify(3)). Takes the descriptors. */
static void obey(char *text, const int *fds, int fd_count) {
    int wants_keeping = 0, wants_removal = 0;
    const char *name = "stored";
    char *names = NULL, *rest;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        if (strcmp(line, "FDSTORE=1") == 0) {
            wants_keeping = 1;
        } else if (strcmp(line, "FDSTOREREMOVE=1") == 0) {
            wants_removal = 1;
        } else if (strncmp(line, "FDNAME=", 7) == 0) {
            name = line + 7;
        } else if (strncmp(line, "FDNAMES=", 8) == 0) {
            names = line + 8;
        } else if (strcmp(line, "READY=1") == 0) {
            ready = 1;
        }
    }
    for (int i = 0; i < fd_count; i++) {
        if (wants_keeping) {
            const char *own = strsep(&names, ":"); /* NULL without names */
            keep(own == NULL ? name : own, fds[i]);
        } else {
            close(fds[i]); /* BARRIER=1: whoever waits at the pipe's other end knows now that all before was read */
        }
    }
    if (wants_removal) {
        let_go(name);
    }
}

/* Reads every message that is there. */
static void listen_to(int notify, pid_t daemon) {
    for (;;) {
        char text[MESSAGE_BYTES + 1];
        union {
            char bytes[CMSG_SPACE(MESSAGE_FDS * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
            struct cmsghdr align;
        } control;
        struct iovec data = {.iov_base = text, .iov_len = MESSAGE_BYTES};
        struct msghdr message = {
            .msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
        ssize_t length = recvmsg(notify, &message, MSG_CMSG_CLOEXEC);
        if (length < 0 && errno == EINTR) {
            continue;
        }
        if (length < 0) {
            return;
        }
        const int *fds = NULL;
        int fd_count = 0;
        pid_t sender = -1;
        for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
            if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
                fds = (const int *) (const void *) CMSG_DATA(header);
                fd_count = (int) ((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
            } else if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_CREDENTIALS) {
                struct ucred credentials;
                memcpy(&credentials, CMSG_DATA(header), sizeof credentials);
                sender = credentials.pid;
            }
        }
        text[length] = 0;
        if (sender == daemon) {
            obey(text, fds, fd_count);
        } else {
            for (int i = 0; i < fd_count; i++) {
                close(fds[i]);
            }
        }
    }
}

static int ascending(const void *left, const void *right) {
    return ((const struct kept *) left)->fd - ((const struct kept *) right)->fd;
}

/* In the child: kept descriptors go to 3, 4, ... In ascending order none overwrites one that has not moved yet. */
static void pass_on(void) {
    char number[16], *names = malloc((size_t) count * (NAME_BYTES + 1) + 1), *end = names;
    if (count == 0) {
        unsetenv("LISTEN_PID");
        unsetenv("LISTEN_FDS");
        unsetenv("LISTEN_FDNAMES");
        return;
    }
    if (names == NULL) {
        die("no memory for names");
    }
    qsort(store, (size_t) count, sizeof *store, ascending);
    for (int i = 0; i < count; i++) {
        if (store[i].fd == FIRST_PASSED + i) {
            fcntl(store[i].fd, F_SETFD, 0);
        } else if (dup2(store[i].fd, FIRST_PASSED + i) < 0) {
            die("cannot pass a descriptor on");
        }
        end += sprintf(end, i == 0 ? "%s" : ":%s", store[i].name);
    }
    snprintf(number, sizeof number, "%d", getpid());
    setenv("LISTEN_PID", number, 1);
    snprintf(number, sizeof number, "%d", count);
    setenv("LISTEN_FDS", number, 1);
    setenv("LISTEN_FDNAMES", names, 1);
}

static pid_t start(char **command, const char *address, const sigset_t *mask) {
    pid_t parent = getpid(), child = fork();
    if (child < 0) {
        say("cannot fork: %s", strerror(errno));
    }
    if (child != 0) {
        return child;
    }
    char number[16];
    pass_on();
    setenv("NOTIFY_SOCKET", address, 1);
    snprintf(number, sizeof number, "%d", room);
    setenv("FDSTORE", number, 1);
    snprintf(number, sizeof number, "%d", parent);
    setenv("HOMEPORT_KEEPER", number, 1);
    setenv("HOMEPORT_KEEPER_NAMES", "1", 1);
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvp(command[0], command);
    die(command[0]);
    return -1;
}

/* Serves the daemon until it has ended; returns its wait status. */
static int serve(pid_t daemon, int notify, int signals) {
    struct pollfd wanted[2] = {{.fd = notify, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    for (;;) {
        int status;
        struct signalfd_siginfo signal;
        if (waitpid(daemon, &status, WNOHANG) == daemon) {
            listen_to(notify, daemon);
            return status;
        }
        poll(wanted, 2, -1);
        listen_to(notify, daemon);
        while (read(signals, &signal, sizeof signal) == (ssize_t) sizeof signal) {
            if (signal.ssi_signo != SIGCHLD) {
                kill(daemon, (int) signal.ssi_signo);
            }
            if (signal.ssi_signo == SIGTERM || signal.ssi_signo == SIGINT) {
                ending = (int) signal.ssi_signo;
            }
        }
    }
}

/* Waits before the next start; true if we are to end meanwhile. */
static int pause_for(int ms, int signals) {
    struct pollfd wanted = {.fd = signals, .events = POLLIN};
    struct signalfd_siginfo signal;
    while (ms > 0) {
        struct timespec before, after;
        clock_gettime(CLOCK_MONOTONIC, &before);
        if (poll(&wanted, 1, ms) > 0 && read(signals, &signal, sizeof signal) == (ssize_t) sizeof signal
            && (signal.ssi_signo == SIGTERM || signal.ssi_signo == SIGINT)) {
            return 1;
        }
        clock_gettime(CLOCK_MONOTONIC, &after);
        ms -= (int) ((after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000) + 1;
    }
    return 0;
}

int main(int words, char **word) {
    static const int passed[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1};
    char address[100];
    sigset_t set, mask;
    if (words < 2) {
        fprintf(stderr, "usage: homeport-keeper COMMAND...\n");
        return FAILED;
    }
    room = raise_limit();
    store = calloc((size_t) room, sizeof *store);
    chains = malloc((size_t) room * sizeof *chains);
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++) {
        sigaddset(&set, passed[i]);
    }
    sigprocmask(SIG_BLOCK, &set, &mask);
    int notify = open_socket(address, sizeof address), signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), pause_ms = 0;
    if (store == NULL || chains == NULL || signals < 0) {
        die("cannot start");
    }
    memset(chains, -1, (size_t) room * sizeof *chains);
    for (int was_ready = 0;; was_ready |= ready) {
        ready = 0;
        pid_t daemon = start(word + 1, address, &mask);
        int status = daemon < 0 ? FAILED << 8 : serve(daemon, notify, signals);
        int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        int wants_restart = WIFEXITED(status) && code == RESTART;
        if (ending || code == 0 || code == 128 + SIGTERM || code == 128 + SIGINT || !(ready || was_ready || count > 0 || wants_restart)) {
            return code;
        }
        pause_ms = ready || wants_restart ? 0 : pause_ms == 0 ? FIRST_PAUSE_MS : pause_ms * 2 > LONGEST_PAUSE_MS ? LONGEST_PAUSE_MS : pause_ms * 2;
        say("%s ended %s %d; started again in %d ms, %d descriptors are kept", word[1],
            WIFSIGNALED(status) ? "by signal" : "with status", WIFSIGNALED(status) ? WTERMSIG(status) : code, pause_ms, count);
        if (pause_for(pause_ms, signals)) {
            return code;
        }
    }
}
