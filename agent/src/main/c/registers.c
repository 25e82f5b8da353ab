/*
 * The registers and signal masks of a stopped process's threads, saved before CRIU works on it and put back should CRIU be killed.
 *
 * CRIU runs code of its own in the process, thread by thread (compel/src/lib/infect.c): it changes registers and masks, lets the thread run
 * into an int3, and puts back what was. Killed in between it leaves a thread that would go on in that code. When a tracer dies, the threads of
 * a process that SIGSTOP has stopped stop again before they return to it (kernel/ptrace.c, __ptrace_unlink), so there is time to put
 * them right. A thread that stood in the int3 gets its SIGTRAP then: ignored() keeps it from ending the process.
 */
#include "homeport.h"
#include "io_homeport_posix_Posix.h"

#include <dirent.h>
#include <elf.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#ifndef PTRACE_GETSIGMASK
#define PTRACE_GETSIGMASK 0x420a
#define PTRACE_SETSIGMASK 0x420b
#endif
#ifdef __x86_64__
#define EXTENDED NT_X86_XSTATE
#else
#define EXTENDED NT_PRFPREG
#endif
/* The largest XSAVE area so far, with AMX, takes some 11 KB. */
#define EXTENDED_BYTES 16384

struct thread {
    pid_t tid;
    uint64_t mask;
    struct user_regs_struct registers;
    size_t extended_length;
    char *extended;
};

struct saved {
    size_t count;
    struct thread *threads;
};

static int get_registers(pid_t tid, struct user_regs_struct *registers) {
    struct iovec piece = {.iov_base = registers, .iov_len = sizeof *registers};
    return ptrace(PTRACE_GETREGSET, tid, (void *) NT_PRSTATUS, &piece) < 0 ? -errno : 0;
}

static int save(struct thread *thread) {
    char extended[EXTENDED_BYTES];
    struct iovec piece = {.iov_base = extended, .iov_len = sizeof extended};
    int got = get_registers(thread->tid, &thread->registers);
    if (got < 0) {
        return got;
    }
    if (ptrace(PTRACE_GETREGSET, thread->tid, (void *) EXTENDED, &piece) < 0
        || ptrace(PTRACE_GETSIGMASK, thread->tid, (void *) sizeof thread->mask, &thread->mask) < 0) {
        return -errno;
    }
    thread->extended = malloc(piece.iov_len);
    if (thread->extended == NULL) {
        return -ENOMEM;
    }
    memcpy(thread->extended, extended, piece.iov_len);
    thread->extended_length = piece.iov_len;
    return 0;
}

static void release(struct saved *saved) {
    for (size_t i = 0; i < saved->count; i++) {
        free(saved->threads[i].extended);
    }
    free(saved->threads);
    free(saved);
}

static int save_all(struct saved *saved, DIR *tasks) {
    size_t capacity = 0;
    for (struct dirent *entry; (entry = readdir(tasks)) != NULL;) {
        pid_t tid = (pid_t) atoi(entry->d_name);
        if (tid <= 0) {
            continue;
        }
        if (saved->count == capacity) {
            capacity = capacity == 0 ? 64 : 2 * capacity;
            struct thread *grown = realloc(saved->threads, capacity * sizeof *grown);
            if (grown == NULL) {
                return -ENOMEM;
            }
            saved->threads = grown;
        }
        struct thread *thread = &saved->threads[saved->count];
        *thread = (struct thread) {.tid = tid};
        int result = save(thread);
        if (result == 0) {
            saved->count++;
        } else if (result != -ESRCH) { /* one that has just ended */
            return result;
        }
    }
    return 0;
}

JNIEXPORT jlong JNICALL Java_io_homeport_posix_Posix_saveThreads(JNIEnv *env, jclass cls, jint pid) {
    (void) env, (void) cls;
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    struct saved *saved = calloc(1, sizeof *saved);
    int result = tasks == NULL ? -errno : saved == NULL ? -ENOMEM : save_all(saved, tasks);
    if (tasks != NULL) {
        closedir(tasks);
    }
    if (result < 0 && saved != NULL) {
        release(saved);
    }
    return result < 0 ? result : (jlong) (intptr_t) saved;
}

/* 1 if anything was another, 0 if not, or -errno. */
static int put_back(struct thread *thread) {
    struct user_regs_struct now;
    uint64_t mask = 0;
    int got = get_registers(thread->tid, &now);
    if (got < 0 || ptrace(PTRACE_GETSIGMASK, thread->tid, (void *) sizeof mask, &mask) < 0) {
        return got < 0 ? got : -errno;
    }
    if (memcmp(&now, &thread->registers, sizeof now) == 0 && mask == thread->mask) {
        return 0;
    }
    struct iovec general = {.iov_base = &thread->registers, .iov_len = sizeof thread->registers};
    struct iovec extended = {.iov_base = thread->extended, .iov_len = thread->extended_length};
    bool done = ptrace(PTRACE_SETREGSET, thread->tid, (void *) NT_PRSTATUS, &general) == 0
        && ptrace(PTRACE_SETREGSET, thread->tid, (void *) EXTENDED, &extended) == 0
        && ptrace(PTRACE_SETSIGMASK, thread->tid, (void *) sizeof thread->mask, &thread->mask) == 0;
    return done ? 1 : -errno;
}

JNIEXPORT jint JNICALL Java_io_homeport_posix_Posix_restoreThreads(JNIEnv *env, jclass cls, jlong handle, jint except) {
    (void) env, (void) cls;
    struct saved *saved = (struct saved *) (intptr_t) handle;
    int others = 0;
    for (size_t i = 0; i < saved->count; i++) {
        int result = saved->threads[i].tid == except ? 0 : put_back(&saved->threads[i]);
        if (result < 0) {
            return result;
        }
        others += result;
    }
    return others;
}

JNIEXPORT void JNICALL Java_io_homeport_posix_Posix_freeThreads(JNIEnv *env, jclass cls, jlong handle) {
    (void) env, (void) cls;
    release((struct saved *) (intptr_t) handle);
}

static void ignored(int signal) {
    (void) signal;
}

/* Not SIG_IGN: an int3 under an ignored SIGTRAP ends the process (kernel/signal.c, force_sig_info_to_task). */
JNIEXPORT jint JNICALL Java_io_homeport_posix_Posix_outliveTraps(JNIEnv *env, jclass cls) {
    (void) env, (void) cls;
    struct sigaction now, outlive = {.sa_handler = ignored, .sa_flags = SA_RESTART};
    if (sigaction(SIGTRAP, NULL, &now) < 0) {
        return -errno;
    }
    bool free_to_take = (now.sa_flags & SA_SIGINFO) == 0 && now.sa_handler == SIG_DFL;
    return free_to_take && sigaction(SIGTRAP, &outlive, NULL) < 0 ? -errno : 0;
}
