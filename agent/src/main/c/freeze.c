/*
 * Freezes every thread of a process but one, with ptrace (man 2 ptrace; kernel/ptrace.c, kernel/signal.c of Linux 6.x).
 *
 * PTRACE_SEIZE + PTRACE_INTERRUPT sends no signal: an interrupted system call restarts after the detach, which is what makes a thread
 * that is blocked in recv(N) find the file that is at N by then. SEIZE also takes threads that are in group-stop (SIGSTOP) already; once
 * seized they stay trapped when SIGCONT arrives, since ptrace_trap_notify() wakes only tracees in PTRACE_LISTEN.
 *
 * ptrace belongs to the calling OS thread: the same thread must thaw, and if it ends the kernel thaws. A process that is a direct child of
 * this JVM (ProcessBuilder) must not be frozen: the JDK's reaper thread waits for it too and would take the stop for its end.
 */
#include "homeport.h"
#include "io_homeport_posix_Posix.h"
#include "stops.h"

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A thread stops within microseconds, but one waiting for its vfork child to exec can't be stopped until then. */
#define STOP_TIMEOUT_MS 5000
#define LATE_STOP_TIMEOUT_MS 60000

struct tracee {
    pid_t tid;
    int signal;   /* of a signal-delivery-stop: taken from the queue, handed back by the detach */
    bool stopped;
    bool gone;
};

struct frozen {
    pid_t pid;
    bool stop; /* each thread has a SIGSTOP in its queue */
    size_t count, capacity;
    struct tracee *tracees;
    struct frozen *next;
};

/* What this OS thread has frozen. */
static __thread struct frozen *all_frozen;

static struct tracee *find(struct frozen *frozen, pid_t tid) {
    for (size_t i = 0; i < frozen->count; i++) {
        if (frozen->tracees[i].tid == tid && !frozen->tracees[i].gone) {
            return &frozen->tracees[i];
        }
    }
    return NULL;
}

static int add(struct frozen *frozen, pid_t tid) {
    if (frozen->count == frozen->capacity) {
        size_t capacity = frozen->capacity == 0 ? 64 : 2 * frozen->capacity;
        struct tracee *grown = realloc(frozen->tracees, capacity * sizeof *grown);
        if (grown == NULL) {
            return -ENOMEM;
        }
        frozen->tracees = grown;
        frozen->capacity = capacity;
    }
    frozen->tracees[frozen->count++] = (struct tracee) {.tid = tid};
    return 0;
}

/* Seizes every thread not seized before; the number of new ones, or -errno. */
static int seize_new_threads(struct frozen *frozen, pid_t except) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", frozen->pid);
    DIR *tasks = opendir(path);
    if (tasks == NULL) {
        return errno == ENOENT ? -ESRCH : -errno;
    }
    int result = 0;
    for (struct dirent *entry; result >= 0 && (entry = readdir(tasks)) != NULL;) {
        pid_t tid = (pid_t) atoi(entry->d_name);
        if (tid <= 0 || tid == except || find(frozen, tid) != NULL) {
            continue;
        }
        if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) < 0) {
            int error = errno;
            char state = state_of(tid);
            /* An ended thread answers ESRCH or EPERM (ptrace_attach: exit_state). */
            if (state != 0 && state != 'Z' && state != 'X') {
                result = -error;
            }
            continue;
        }
        int added = add(frozen, tid);
        if (added < 0) {
            ptrace(PTRACE_DETACH, tid, NULL, NULL);
            result = added;
        } else {
            ptrace(PTRACE_INTERRUPT, tid, NULL, NULL);
            result++;
        }
    }
    closedir(tasks);
    return result;
}

/* Takes the thread's stop if it has come: 1, not yet: 0. */
static int take_stop(struct tracee *tracee) {
    int status = 0;
    pid_t waited = waitpid(tracee->tid, &status, __WALL | WNOHANG);
    if (waited == 0) {
        return 0;
    }
    if (waited < 0) {
        if (errno == EINTR) {
            return 0;
        }
        tracee->gone = true;
        return 1;
    }
    if (!WIFSTOPPED(status)) {
        tracee->gone = true;
        return 1;
    }
    bool delivery = status >> 16 != PTRACE_EVENT_STOP;
    int signal = WSTOPSIG(status);
    if (delivery && (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU)) {
        /* Let the stop take effect, so that a SIGCONT during the freeze ends it; another stop of this thread follows. */
        ptrace(PTRACE_CONT, tracee->tid, NULL, (void *) (intptr_t) signal);
        return 0;
    }
    tracee->stopped = true;
    /* Either the trap we asked for or a group-stop (both PTRACE_EVENT_STOP): nothing to hand back. Otherwise a signal's delivery. */
    tracee->signal = delivery ? signal : 0;
    return 1;
}

/*
 * Takes the stops and the ends that have come; true when there is nothing more to wait for. All in turn, for a process that is killed: its
 * leader's end is told only when those of all other threads have been taken (kernel/exit.c, delay_group_leader).
 */
static bool take_stops(struct frozen *frozen) {
    bool all = true;
    for (size_t i = 0; i < frozen->count; i++) {
        struct tracee *tracee = &frozen->tracees[i];
        all &= tracee->stopped || tracee->gone || take_stop(tracee) != 0;
    }
    return all;
}

static int wait_until_stopped(struct frozen *frozen, int64_t deadline_ms) {
    while (!take_stops(frozen)) {
        if (now_ms() > deadline_ms) {
            return -ETIMEDOUT;
        }
        nanosleep(&(struct timespec) {.tv_nsec = STOP_POLL_NS}, NULL);
    }
    return 0;
}

/* Lets a thread run to its next stop: false if it has ended, or has none in time. */
static bool run_to_next_stop(struct tracee *tracee, int64_t deadline_ms) {
    if (ptrace(PTRACE_CONT, tracee->tid, NULL, (void *) (intptr_t) tracee->signal) < 0) {
        return false;
    }
    tracee->stopped = false;
    int status = 0;
    pid_t waited = 0;
    while ((waited = waitpid(tracee->tid, &status, __WALL | WNOHANG)) == 0 && now_ms() < deadline_ms) {
        nanosleep(&(struct timespec) {.tv_nsec = STOP_POLL_NS}, NULL);
    }
    tracee->stopped = waited > 0 && WIFSTOPPED(status);
    tracee->gone = waited != 0 && !tracee->stopped;
    tracee->signal = tracee->stopped && status >> 16 != PTRACE_EVENT_STOP ? WSTOPSIG(status) : 0;
    return tracee->stopped;
}

/*
 * Lets each thread come to its SIGSTOP, and holds it there: then no thread has one left in its queue, which CRIU would restore there
 * (SIGSTOP can't be blocked). The detach delivers it. Signals that come before it in the queue are delivered meanwhile, above all the fault by
 * which a Java thread came to a safepoint: left there, it would be delivered in place of the int3 that ends CRIU's code in the thread, blocked
 * as it is (kernel/signal.c, dequeue_synchronous_signal), and the dump would fail. Each SIGSTOP is sent once more, since a SIGCONT from outside
 * may have taken them away.
 */
static void come_to_stop_signal(struct frozen *frozen) {
    int64_t deadline_ms = now_ms() + STOP_TIMEOUT_MS;
    for (size_t i = 0; i < frozen->count; i++) {
        struct tracee *tracee = &frozen->tracees[i];
        while (tracee->stopped && tracee->signal != SIGSTOP) {
            syscall(SYS_tgkill, frozen->pid, tracee->tid, SIGSTOP);
            if (!run_to_next_stop(tracee, deadline_ms)) {
                break;
            }
        }
    }
}

/* Lets those go that have stopped: 0 or -errno. One that was killed in its stop has to be waited for, or it stays a zombie of ours. */
static int detach_stopped(struct frozen *frozen) {
    int result = 0;
    for (size_t i = 0; i < frozen->count; i++) {
        struct tracee *tracee = &frozen->tracees[i];
        if (tracee->gone || !tracee->stopped) {
            continue;
        }
        bool detached = ptrace(PTRACE_DETACH, tracee->tid, NULL, (void *) (intptr_t) tracee->signal) == 0;
        bool killed = !detached && errno == ESRCH;
        if (!detached && !killed) {
            result = -errno;
        }
        tracee->stopped = false;
        tracee->gone = !killed;
    }
    return result;
}

static bool all_gone(const struct frozen *frozen) {
    for (size_t i = 0; i < frozen->count; i++) {
        if (!frozen->tracees[i].gone) {
            return false;
        }
    }
    return true;
}

/*
 * PTRACE_DETACH works on stopped threads only. One that has not stopped in time would stop for ever once it did, so after all others have
 * been let go it is waited for much longer; left alone it goes on when this OS thread ends.
 */
static int detach_all(struct frozen *frozen) {
    int64_t deadline_ms = now_ms() + LATE_STOP_TIMEOUT_MS;
    int result = detach_stopped(frozen);
    while (!all_gone(frozen) && now_ms() < deadline_ms) {
        nanosleep(&(struct timespec) {.tv_nsec = STOP_POLL_NS}, NULL);
        take_stops(frozen);
        int late = detach_stopped(frozen);
        result = result < 0 ? result : late;
    }
    free(frozen->tracees);
    free(frozen);
    return result;
}

static int freeze(struct frozen *frozen, pid_t except) {
    int64_t deadline_ms = now_ms() + STOP_TIMEOUT_MS;
    /* A running thread may have made another one: only a pass that finds none is the last. */
    for (;;) {
        int found = seize_new_threads(frozen, except);
        if (found < 0) {
            return found;
        }
        int waited = wait_until_stopped(frozen, deadline_ms);
        if (waited < 0) {
            return waited;
        }
        if (found == 0) {
            break;
        }
    }
    int stopped = 0;
    for (size_t i = 0; i < frozen->count; i++) {
        stopped += frozen->tracees[i].stopped;
    }
    return stopped > 0 || except != 0 ? stopped : -ESRCH;
}

JNIEXPORT jint JNICALL Java_io_homeport_posix_Posix_freeze(JNIEnv *env, jclass cls, jint pid, jint exceptTid) {
    (void) env, (void) cls;
    for (struct frozen *other = all_frozen; other != NULL; other = other->next) {
        if (other->pid == pid) {
            return -EALREADY;
        }
    }
    struct frozen *frozen = calloc(1, sizeof *frozen);
    if (frozen == NULL) {
        return -ENOMEM;
    }
    frozen->pid = pid;
    int result = freeze(frozen, exceptTid);
    if (result < 0) {
        detach_all(frozen);
        return result;
    }
    frozen->next = all_frozen;
    all_frozen = frozen;
    return result;
}

/*
 * A signal in the queue of a traced thread is taken when the thread is let go, by PTRACE_DETACH or by the tracer's end, and before it
 * returns to its program. SIGCONT takes all SIGSTOPs out of all queues (kernel/signal.c, prepare_signal).
 */
static int send_stop(struct frozen *frozen) {
    for (size_t i = 0; i < frozen->count; i++) {
        struct tracee *tracee = &frozen->tracees[i];
        if (!tracee->gone && syscall(SYS_tgkill, frozen->pid, tracee->tid, SIGSTOP) < 0 && errno != ESRCH) {
            return -errno;
        }
    }
    return 0;
}

JNIEXPORT jint JNICALL Java_io_homeport_posix_Posix_stopWhenThawed(JNIEnv *env, jclass cls, jint pid) {
    (void) env, (void) cls;
    for (struct frozen *frozen = all_frozen; frozen != NULL; frozen = frozen->next) {
        if (frozen->pid == pid) {
            frozen->stop = true;
            return send_stop(frozen);
        }
    }
    return -ESRCH;
}

JNIEXPORT jint JNICALL Java_io_homeport_posix_Posix_thaw(JNIEnv *env, jclass cls, jint pid) {
    (void) env, (void) cls;
    for (struct frozen **link = &all_frozen; *link != NULL; link = &(*link)->next) {
        struct frozen *frozen = *link;
        if (frozen->pid == pid) {
            *link = frozen->next;
            if (frozen->stop) {
                come_to_stop_signal(frozen);
            }
            return detach_all(frozen);
        }
    }
    return -ESRCH;
}
