/*
 * homeport-capsule: the small init of a service's own PID and mount namespace.
 *
 *   homeport-capsule run -- COMMAND...
 *   homeport-capsule restore IMAGES
 *        standard input: --last-pid N --root PID [--then-last-pid M] [--own DIR=MODEL]... [--pager DIR] -- criu restore -d ...
 *   homeport-capsule dump -- COMMAND...
 *        standard input: one byte
 *
 *      caller's namespaces                 |  capsule's PID and mount namespace
 *      caller ── homeport-capsule (front) ─┼─ init (PID 1) ── run:     COMMAND and its threads
 *                  signals ──────────────► │                  restore: criu (gone when done), the restored tree
 *                  ◄────────── exit status │
 *
 * Why: CRIU gives a restored process its old PID and thread ids; in a PID namespace of its own none of them is taken
 * (clone3(2), set_tid: EEXIST). The /proc of that namespace has to be mounted, and a mount namespace keeps it from others.
 *
 * run: the front stays in the foreground, passes SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 on, and ends with the
 * command's exit status, or 128 + the signal that ended it. If the front is killed, the service stays.
 * restore: made ahead, while the service still runs elsewhere: the namespaces at once; what shall be done in them is read from standard
 * input up to its end, each word with a NUL behind it. No word: nobody wants it any more, and it ends with 0. IMAGES is the directory by which those
 * who look for the capsule of some images know it. The front prints "init PID" (as its own namespace numbers it) at once on standard output, waits
 * until criu has ended, and ends with criu's exit status; the init stays behind only if that is 0. criu's standard output goes to
 * standard error. --then-last-pid sets ns_last_pid afterwards, so that new threads get small numbers again.
 *
 * --pager: a child of the init (pager.c) brings the restored process its memory, from the images in DIR. What nobody brings would be zeros: so the
 * init holds the userfaultfd(2), too, by which the kernel asks, and if the pager fails, everything ends while those who ask still wait.
 *
 * dump: only COMMAND, in the caller's namespaces, when there is a byte on standard input; at its end nobody wants the dump any more. COMMAND's own
 * standard input is a socket at its end: for "criu dump --lazy-pages --ps-socket 0" that is somebody who wants no page, so it ends at once and
 * leaves the memory where it is.
 *
 * --own: DIR becomes a small file system of the capsule's own, with the owner, mode and regular files of directory MODEL. For
 * /tmp/hsperfdata_USER: every HotSpot that starts removes the files there whose name is no PID of its own namespace (JDK:
 * perfMemory_posix.cpp, cleanup_sharedmem_files), and CRIU would not find what the image has mapped.
 *
 * The init ends with its first command or restored root, and the kernel then kills whatever is left in the namespace
 * (pid_namespaces(7)): killing the init kills the service, and nothing else ties it to anybody (setsid, no PDEATHSIG).
 * Its own failures end it with status 125 and one line on standard error.
 */
#define _GNU_SOURCE
#include "pager.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    FAILED = 125,         /* our own failure, as with env(1) and timeout(1) */
    /* The command's own number, less 1, is drawn between these. From 1000: room below for the criu that restores it, which must
     * not meet an image's ids. To 30000: pid_max is 32768 where nobody has raised it. Drawn, not fixed: HotSpot's files in
     * /tmp bear it (hsperfdata_USER/PID, .java_pidPID), and services on one node share /tmp. */
    LAST_PID_MIN = 1000,
    LAST_PID_MAX = 30000,
    OWN_MAX = 16,
    ASKERS_MAX = 64
};

struct request {
    bool restore;
    long last_pid;
    long then_last_pid;
    pid_t root;
    const char *own[OWN_MAX];
    int own_count;
    const char *pager;
    char **command;
};

/* What the init waits for, and passes signals on to. 0: there is none. */
struct charge {
    pid_t awaited;
    pid_t target;
    pid_t in_the_making; /* CRIU may wait for ever for a process that is killed while CRIU restores it */
    bool was_there;      /* that process, at an earlier look */
    pid_t pager;
    int askers[ASKERS_MAX];
    int asker_count;
};

static void die(const char *format, ...) {
    int error = errno;
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "homeport-capsule: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, error ? ": %s\n" : "\n", strerror(error));
    va_end(arguments);
    exit(FAILED);
}

static void usage(void) {
    errno = 0;
    die("usage: homeport-capsule run -- COMMAND... | restore IMAGES | dump -- COMMAND...");
}

static long number(const char *word) {
    char *end;
    long value = strtol(word ? word : "", &end, 10);
    if (word == NULL || *word == 0 || *end != 0 || value < 0) {
        usage();
    }
    return value;
}

static long drawn_last_pid(void) {
    unsigned drawn = 0;
    if (getrandom(&drawn, sizeof drawn, 0) != sizeof drawn) {
        die("cannot draw a number");
    }
    return LAST_PID_MIN + (long) (drawn % (LAST_PID_MAX - LAST_PID_MIN));
}

/* Standard input up to its end. */
static char *read_all(size_t *length_out) {
    size_t room = 1 << 16, length = 0;
    char *text = malloc(room);
    for (ssize_t count = 1; count > 0; length += count > 0 ? (size_t) count : 0) {
        if (length == room) {
            text = realloc(text, room *= 2);
        }
        if (text == NULL || (count = read(0, text + length, room - length)) < 0) {
            die("cannot read standard input");
        }
    }
    *length_out = length;
    return text;
}

/* The words of standard input. None: *count is 0. */
static char **awaited_words(int *count_out) {
    size_t length;
    char *text = read_all(&length);
    int count = 0;
    for (size_t i = 0; i < length; i++) {
        count += text[i] == 0;
    }
    char **words = calloc((size_t) count + 1, sizeof *words);
    if (words == NULL || (length > 0 && text[length - 1] != 0)) {
        errno = 0;
        die("the words on standard input are cut off");
    }
    for (int i = 0; i < count; i++) {
        words[i] = text;
        text += strlen(text) + 1;
    }
    *count_out = count;
    return words;
}

static void parse(struct request *request, int count, char **words) {
    int i = 0;
    for (; i < count && strcmp(words[i], "--") != 0; i += 2) {
        const char *value = i + 1 < count ? words[i + 1] : NULL;
        if (strcmp(words[i], "--last-pid") == 0) {
            request->last_pid = number(value);
        } else if (strcmp(words[i], "--then-last-pid") == 0) {
            request->then_last_pid = number(value);
        } else if (strcmp(words[i], "--root") == 0) {
            request->root = (pid_t) number(value);
        } else if (strcmp(words[i], "--own") == 0 && value != NULL && request->own_count < OWN_MAX) {
            request->own[request->own_count++] = value;
        } else if (strcmp(words[i], "--pager") == 0 && value != NULL) {
            request->pager = value;
        } else {
            usage();
        }
    }
    if (i + 1 >= count || request->root < 2) {
        usage();
    }
    request->command = words + i + 1;
}

/* In the caller's mount namespace an open file belongs to a mount that is not in ours: CRIU finds it by mnt_id and would
 * refuse it ("Can't lookup mount"). So the same file is opened again by its path. Pipes and sockets have none. Output files
 * get O_APPEND, because what is opened twice has two offsets: standard output and error would overwrite each other. */
static void reopen(int fd) {
    char link[32], path[4096];
    struct stat old, new;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0 || path[0] != '/' || fstat(fd, &old) != 0) {
        return;
    }
    path[length] = 0;
    int flags = fcntl(fd, F_GETFL);
    if (fd != 0 && S_ISREG(old.st_mode)) {
        flags |= O_APPEND;
    }
    int again = open(path, flags | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (again < 0) {
        return;
    }
    if (fstat(again, &new) == 0 && new.st_dev == old.st_dev && new.st_ino == old.st_ino) {
        off_t offset = lseek(fd, 0, SEEK_CUR);
        if (offset > 0) {
            lseek(again, offset, SEEK_SET);
        }
        fcntl(again, F_SETFL, flags);
        dup2(again, fd);
    }
    close(again);
}

/* Mounts that stay within the capsule, with the /proc of this PID namespace. */
static void own_mounts(void) {
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
        die("cannot make a mount namespace");
    }
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0) {
        die("cannot mount /proc");
    }
    char directory[4096];
    if (getcwd(directory, sizeof directory) != NULL && directory[0] == '/' && chdir(directory) != 0) {
        die("cannot enter %s", directory);
    }
    for (int fd = 0; fd <= 2; fd++) {
        reopen(fd);
    }
}

static void copy_file(int from_dir, int to_dir, const char *name) {
    struct stat facts;
    char block[65536];
    ssize_t count;
    int from = openat(from_dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (from < 0 || fstat(from, &facts) != 0) {
        die("cannot read %s", name);
    }
    if (S_ISREG(facts.st_mode)) {
        int to = openat(to_dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        while (to >= 0 && (count = read(from, block, sizeof block)) > 0) {
            if (write(to, block, (size_t) count) != count) {
                die("cannot write %s", name);
            }
        }
        if (to < 0 || count < 0 || fchown(to, facts.st_uid, facts.st_gid) != 0 || fchmod(to, facts.st_mode & 07777) != 0) {
            die("cannot copy %s", name);
        }
        close(to);
    }
    close(from);
}

/* Makes DIR of DIR=MODEL the capsule's own. */
static void own_directory(const char *pair) {
    char path[4096], options[128];
    struct stat facts;
    const char *model = strchr(pair, '=');
    int length = model == NULL ? 0 : (int) (model - pair);
    snprintf(path, sizeof path, "%.*s", length, pair);
    DIR *listed = model == NULL ? NULL : opendir(model + 1);
    if (listed == NULL || fstat(dirfd(listed), &facts) != 0) {
        die("cannot read the model of %s", pair);
    }
    snprintf(options, sizeof options, "size=16m,mode=%o,uid=%u,gid=%u", facts.st_mode & 07777, facts.st_uid, facts.st_gid);
    int target = -1;
    if (mount("homeport-own", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options) != 0 ||
        (target = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
        die("cannot mount %s", path);
    }
    for (struct dirent *entry = readdir(listed); entry != NULL; entry = readdir(listed)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            copy_file(dirfd(listed), target, entry->d_name);
        }
    }
    closedir(listed);
    close(target);
}

/* The next process or thread of this namespace gets last_pid + 1 (proc_sys_kernel(5), ns_last_pid). */
static void set_last_pid(long last_pid) {
    FILE *file = fopen("/proc/sys/kernel/ns_last_pid", "w");
    if (file == NULL || fprintf(file, "%ld", last_pid) < 0 || fclose(file) != 0) {
        die("cannot set ns_last_pid to %ld", last_pid);
    }
}

static sigset_t handled_signals(void) {
    static const int handled[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof handled / sizeof handled[0]; i++) {
        sigaddset(&set, handled[i]);
    }
    return set;
}

static int exit_status(int status) {
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Of a process that CRIU has begun to make: it is a zombie, or gone, for CRIU waits for it in some of its steps and forgets it. */
static bool has_died(struct charge *charge) {
    char path[32], line[512] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", charge->in_the_making);
    FILE *file = fopen(path, "r");
    const char *name_end = file != NULL && fgets(line, sizeof line, file) != NULL ? strrchr(line, ')') : NULL;
    if (file != NULL) {
        fclose(file);
    }
    if (name_end == NULL) {
        return charge->was_there;
    }
    charge->was_there = true;
    return strncmp(name_end, ") Z", 3) == 0;
}

/* Our own end would close our descriptors before it kills anybody. */
static void end_all(void) {
    kill(-1, SIGKILL);
    while (waitpid(-1, NULL, 0) > 0) {
        continue;
    }
}

/* Reaps every child and passes signals on until the process awaited has ended; returns its exit status. */
static int tend(struct charge *charge, const sigset_t *handled) {
    static const struct timespec look = {.tv_nsec = 10 * 1000 * 1000}; /* it takes CRIU longer to come to where it does not notice */
    for (;;) {
        pid_t ended;
        int status;
        while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
            if (ended == charge->awaited) {
                return exit_status(status);
            }
            if (ended == charge->pager && status != 0) {
                end_all();
                errno = 0;
                die("the pager ended with status %d", exit_status(status));
            }
            if (ended == charge->pager) {
                charge->pager = 0;
                while (charge->asker_count > 0) {
                    close(charge->askers[--charge->asker_count]);
                }
            }
        }
        if (ended < 0 && errno == ECHILD) {
            return FAILED; /* the awaited one is no child of ours: a restore that left nothing */
        }
        int signal = sigtimedwait(handled, NULL, charge->in_the_making > 0 ? &look : NULL);
        if (charge->in_the_making > 0 && has_died(charge)) {
            kill(charge->awaited, SIGKILL);
        }
        if (signal > 0 && signal != SIGCHLD && charge->target > 0) {
            kill(charge->target, signal);
        }
    }
}

static pid_t start(struct request *request, const sigset_t *mask, const struct sigaction *pipe_action) {
    pid_t child = fork();
    if (child < 0) {
        die("cannot fork");
    }
    if (child > 0) {
        return child;
    }
    if (request->restore) {
        dup2(2, 1); /* the front's standard output says what Homeport wants to know, and nothing else */
    } else {
        setsid();   /* CRIU wants the root of a tree to lead its session */
    }
    sigprocmask(SIG_SETMASK, mask, NULL);
    sigaction(SIGPIPE, pipe_action, NULL);
    execvp(request->command[0], request->command);
    die("cannot start %s", request->command[0]);
    return -1;
}

static void close_all_but(int fd) {
    if (fd > 3) {
        close_range(3, (unsigned) fd - 1, 0);
    }
    close_range((unsigned) fd + 1, ~0U, 0);
}

/* Returns when it listens for criu restore. */
static pid_t start_pager(const char *directory, const sigset_t *mask) {
    int ready[2];
    char listens;
    if (pipe2(ready, O_CLOEXEC) != 0) {
        die("cannot make a pipe");
    }
    pid_t child = fork();
    if (child < 0) {
        die("cannot fork");
    }
    if (child == 0) {
        close_all_but(ready[1]);
        sigprocmask(SIG_SETMASK, mask, NULL);
        pager(directory, ready[1]);
    }
    close(ready[1]);
    if (read(ready[0], &listens, 1) != 1) {
        exit(FAILED); /* it has said why */
    }
    close(ready[0]);
    return child;
}

/* Has for ourselves, too, what the pager answers; not what it lets go of meanwhile: there it has brought all, or it ends and tend will see how. */
static void hold_askers(struct charge *charge) {
    char path[64], link[64];
    snprintf(path, sizeof path, "/proc/%d/fd", charge->pager);
    int pidfd = (int) syscall(SYS_pidfd_open, charge->pager, 0);
    DIR *open = opendir(path);
    for (struct dirent *entry; open != NULL && pidfd >= 0 && (entry = readdir(open)) != NULL;) {
        ssize_t length = readlinkat(dirfd(open), entry->d_name, link, sizeof link - 1);
        if (length > 0 && (link[length] = 0, strcmp(link, "anon_inode:[userfaultfd]") == 0)) {
            int asker = (int) syscall(SYS_pidfd_getfd, pidfd, atoi(entry->d_name), 0);
            if (asker < 0 && (errno == EBADF || errno == ESRCH)) {
                continue; /* closed since it was listed */
            }
            if (charge->asker_count == ASKERS_MAX || asker < 0) {
                die("cannot hold what the pager answers");
            }
            charge->askers[charge->asker_count++] = asker;
        }
    }
    if (open != NULL) {
        closedir(open);
    }
    if (pidfd >= 0) {
        close(pidfd);
    }
}

/* Lets go of the caller's streams: a pipe's reader must see the end when the service ends, whoever its init is. */
static void drop_streams(void) {
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; null >= 0 && fd <= 2; fd++) {
        dup2(null, fd);
    }
    if (null > 2) {
        close(null);
    }
}

/* PID 1. Writes the exit status of criu to report, a pipe to the front. */
static int init(
    struct request *request, int report, const sigset_t *mask, const struct sigaction *pipe_action, const sigset_t *handled) {
    setsid();
    own_mounts();
    if (request->restore) {
        int count, null = open("/dev/null", O_RDONLY);
        char **words = awaited_words(&count);
        if (count == 0) {
            return 0;
        }
        parse(request, count, words);
        dup2(null, 0);
        close(null);
    }
    for (int i = 0; i < request->own_count; i++) {
        own_directory(request->own[i]);
    }
    set_last_pid(request->last_pid);
    struct charge charge = {.pager = request->pager == NULL ? 0 : start_pager(request->pager, mask)};
    charge.awaited = charge.target = start(request, mask, pipe_action);
    if (!request->restore) {
        drop_streams();
        close_range(3, ~0U, 0);
        return tend(&charge, handled);
    }
    charge.in_the_making = request->root;
    int status = tend(&charge, handled);
    if (status == 0 && kill(request->root, 0) != 0) {
        errno = 0;
        die("criu ended well, but process %d is not there", request->root);
    }
    if (status == 0 && request->then_last_pid >= 0) {
        set_last_pid(request->then_last_pid);
    }
    charge.in_the_making = 0;
    charge.awaited = charge.target = request->root;
    close_all_but(report);
    if (status == 0 && charge.pager > 0) {
        hold_askers(&charge);
    }
    if (write(report, &status, sizeof status) != sizeof status) {
        status = status ? status : 0; /* nobody waits for it any more; the service stays */
    }
    if (status != 0) {
        return status;
    }
    close(report);
    drop_streams();
    return tend(&charge, handled);
}

static int dump(char **command) {
    int ends[2];
    char go;
    if (read(0, &go, 1) != 1) {
        return 0;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0 || close(ends[1]) != 0 || dup2(ends[0], 0) != 0) {
        die("cannot make a socket");
    }
    execvp(command[0], command);
    die("cannot start %s", command[0]);
    return FAILED;
}

int main(int count, char **words) {
    struct request request = {
        .restore = count == 3 && strcmp(words[1], "restore") == 0, .last_pid = drawn_last_pid(), .then_last_pid = -1, .root = -1};
    int report[2];
    sigset_t mask, handled = handled_signals();
    struct sigaction pipe_action;
    close_range(3, ~0U, 0); /* one inherited by accident (a daemon's socket, a build's pipe) would live as long as the service */
    if (!request.restore) {
        if (count < 4 || strcmp(words[2], "--") != 0) {
            usage();
        }
        request.command = words + 3;
        if (strcmp(words[1], "dump") == 0) {
            return dump(request.command);
        }
        if (strcmp(words[1], "run") != 0) {
            usage();
        }
    }
    sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, &pipe_action);
    sigprocmask(SIG_BLOCK, &handled, &mask);
    if (pipe2(report, O_CLOEXEC) != 0 || unshare(CLONE_NEWPID) != 0) {
        die("cannot make a PID namespace");
    }
    pid_t child = fork();
    if (child < 0) {
        die("cannot fork");
    }
    if (child == 0) {
        close(report[0]);
        return init(&request, report[1], &mask, &pipe_action, &handled);
    }
    close(report[1]);
    struct charge charge = {.awaited = child, .target = child};
    int status;
    if (!request.restore) {
        status = tend(&charge, &handled);
        for (int fd = 1; fd <= 2; fd++) {
            lseek(fd, 0, SEEK_END); /* what the caller writes next comes after what the service wrote */
        }
        return status;
    }
    printf("init %d\n", child);
    fflush(stdout);
    if (read(report[0], &status, sizeof status) == (ssize_t) sizeof status) {
        return status;
    }
    return tend(&charge, &handled); /* the init failed and said why */
}
