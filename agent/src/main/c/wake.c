/*
 * Lets one thread of a process that SIGSTOP has stopped run, while all others stay stopped (man 2 ptrace, "Group-stop"; kernel/ptrace.c,
 * kernel/signal.c of Linux 6.x).
 *
 * A thread that is seized in a group-stop reports PTRACE_EVENT_STOP with the stop's signal, and PTRACE_CONT lets it run although its process
 * is stopped still. When it is detached, or its tracer ends, __ptrace_unlink() has it stop again like the others before it returns to its
 * program. So nothing that happens to the tracer lets the process run: only SIGCONT does.
 *
 * A traced thread stops once more for each signal that it takes, and nobody would let it go on. So it takes none while it is awake: all are blocked but
 * those that its own instructions bring about. SIGSTOP can't be blocked; CRIU leaves one in the queue of a process that it found stopped
 * (compel/src/lib/infect.c, compel_resume_task), which is taken out, and has no effect: the process is stopped as it is.
 *
 * ptrace belongs to the calling OS thread: the same thread must stop what it has woken.
 */
#include "homeport.h"
#include "io_homeport_posix_Posix.h"
#include "stops.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>

#ifndef PTRACE_GETSIGMASK
#define PTRACE_GETSIGMASK 0x420a
#define PTRACE_SETSIGMASK 0x420b
#endif
#define BIT(signal) (1ull << ((signal) - 1))
#define STOP_TIMEOUT_MS 5000
/* With PTRACE_O_TRACESYSGOOD. */
#define SYSCALL_STOP (SIGTRAP | 0x80)

/* Signals that the thread has blocked itself, of the one that this OS thread has woken. */
static __thread uint64_t own_mask;

/* The status of its next stop, or -errno: -ESRCH if it has ended. */
static int await_stop(pid_t tid) {
    for (int64_t deadline_ms = now_ms() + STOP_TIMEOUT_MS; now_ms() < deadline_ms;) {
        int status = 0;
        pid_t waited = waitpid(tid, &status, __WALL | WNOHANG);
        if (waited > 0) {
            return WIFSTOPPED(status) ? status : -ESRCH;
        }
        if (waited < 0 && errno != EINTR) {
            return errno == ECHILD ? -ESRCH : -errno;
        }
        nanosleep(&(struct timespec) {.tv_nsec = STOP_POLL_NS}, NULL);
    }
    return -ETIMEDOUT;
}

static bool is_event(int status) { return status >> 16 == PTRACE_EVENT_STOP; }

/* Signals that come before the trap are handed on. */
static int interrupt(pid_t tid) {
    if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) < 0) {
        return -errno;
    }
    int status = await_stop(tid);
    while (status > 0 && !is_event(status)) {
        ptrace(PTRACE_CONT, tid, NULL, (void *) (intptr_t) WSTOPSIG(status));
        status = await_stop(tid);
    }
    return status < 0 ? status : 0;
}

/* Lets it go on past the stop signals that are in the queue, until it waits for something. */
static int run_until_it_waits(pid_t tid) {
    for (int64_t deadline_ms = now_ms() + STOP_TIMEOUT_MS; now_ms() < deadline_ms;) {
        int status = 0;
        pid_t waited = waitpid(tid, &status, __WALL | WNOHANG);
        if (waited > 0 && !WIFSTOPPED(status)) {
            return -ESRCH;
        }
        if (waited > 0) {
            int signal = is_event(status) || WSTOPSIG(status) == SIGSTOP ? 0 : WSTOPSIG(status);
            ptrace(PTRACE_CONT, tid, NULL, (void *) (intptr_t) signal);
        } else if (state_of(tid) == 'S') {
            return 0;
        }
        nanosleep(&(struct timespec) {.tv_nsec = STOP_POLL_NS}, NULL);
    }
    return 0;
}

/* Takes it, stopped as it is, with only those signals unblocked that it may take. */
static int seize(pid_t tid, intptr_t options) {
    if (ptrace(PTRACE_SEIZE, tid, NULL, (void *) options) < 0) {
        return -errno;
    }
    int status = await_stop(tid);
    if (status == -ETIMEDOUT && interrupt(tid) == 0) {
        ptrace(PTRACE_DETACH, tid, NULL, NULL);
        return -EBUSY;
    }
    if (status < 0) {
        return status;
    }
    uint64_t others = ~(BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGFPE) | BIT(SIGILL) | BIT(SIGTRAP));
    if (ptrace(PTRACE_GETSIGMASK, tid, (void *) sizeof own_mask, &own_mask) < 0
        || ptrace(PTRACE_SETSIGMASK, tid, (void *) sizeof others, &others) < 0) {
        int error = -errno;
        ptrace(PTRACE_DETACH, tid, NULL, NULL);
        return error;
    }
    return 0;
}

JNIEXPORT jint JNICALL Java_io_homeport_posix_Posix_wakeThread(JNIEnv *env, jclass cls, jint tid, jboolean killIfTracerEnds) {
    (void) env, (void) cls;
    int seized = seize(tid, killIfTracerEnds ? (intptr_t) PTRACE_O_EXITKILL : 0);
    if (seized < 0) {
        return seized;
    }
    if (ptrace(PTRACE_CONT, tid, NULL, NULL) < 0) {
        int error = -errno;
        ptrace(PTRACE_DETACH, tid, NULL, NULL);
        return error;
    }
    return run_until_it_waits(tid);
}

JNIEXPORT jint JNICALL Java_io_homeport_posix_Posix_stopThread(JNIEnv *env, jclass cls, jint tid) {
    (void) env, (void) cls;
    int interrupted = interrupt(tid);
    if (interrupted < 0) {
        return interrupted;
    }
    ptrace(PTRACE_SETSIGMASK, tid, (void *) sizeof own_mask, &own_mask);
    return ptrace(PTRACE_DETACH, tid, NULL, NULL) < 0 ? -errno : 0;
}

static bool enters_sigreturn(pid_t tid) {
    struct __ptrace_syscall_info info;
    return ptrace(PTRACE_GET_SYSCALL_INFO, tid, (void *) sizeof info, &info) > 0 && info.op == PTRACE_SYSCALL_INFO_ENTRY
        && info.entry.nr == SYS_rt_sigreturn;
}

/* From system call to system call, until it has left rt_sigreturn(2): 0, or -errno. */
static int run_until_it_returns(pid_t tid) {
    int signal = 0;
    for (bool returning = false;;) {
        if (ptrace(PTRACE_SYSCALL, tid, NULL, (void *) (intptr_t) signal) < 0) {
            return -errno;
        }
        int status = await_stop(tid);
        if (status < 0) {
            return status;
        }
        signal = is_event(status) || WSTOPSIG(status) == SIGSTOP || WSTOPSIG(status) == SYSCALL_STOP ? 0 : WSTOPSIG(status);
        if (WSTOPSIG(status) == SYSCALL_STOP) {
            if (returning) {
                return 0;
            }
            returning = enters_sigreturn(tid);
        }
    }
}

JNIEXPORT jint JNICALL Java_io_homeport_posix_Posix_finishHandler(JNIEnv *env, jclass cls, jint tid) {
    (void) env, (void) cls;
    int seized = seize(tid, PTRACE_O_TRACESYSGOOD);
    if (seized < 0) {
        return seized;
    }
    int finished = run_until_it_returns(tid);
    if (finished == -ETIMEDOUT) {
        interrupt(tid);
    }
    if (finished < 0) {
        ptrace(PTRACE_SETSIGMASK, tid, (void *) sizeof own_mask, &own_mask);
    }
    ptrace(PTRACE_DETACH, tid, NULL, NULL);
    return finished;
}
