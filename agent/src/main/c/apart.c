/*
 * Swap programs in a descriptor table of their own: an epoll set registers a file by the number that it has where it is registered, so a set
 * for another process is made where files have that process's numbers.
 */
#include "control.h"
#include "io_homeport_posix_Posix.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

struct task {
    struct operation *operations;
    const jint *counts; /* of operations in each program */
    int programs;
    int fds[HOMEPORT_MAX_FDS]; /* sent along with each of them */
    int fd_count;
    int above; /* the highest number that they use */
    int result;
};

static int close_between(int first, int last) { return first > last ? 0 : (int) result_of(syscall(SYS_close_range, first, last, 0)); }

/* Nothing is open but what is sent along, above the numbers that are used: a socket that others close meanwhile is closed. */
static int clear_table(struct task *task) {
    int next = 0;
    for (int i = 0; i < task->fd_count; i++) {
        int high = fcntl(task->fds[i], F_DUPFD_CLOEXEC, task->above + 1);
        if (high < 0) {
            return -errno;
        }
        task->fds[i] = high;
    }
    for (int i = 0; i < task->fd_count; i++) { /* each got the lowest that was free */
        int done = close_between(next, task->fds[i] - 1);
        if (done < 0) {
            return done;
        }
        next = task->fds[i] + 1;
    }
    return close_between(next, INT_MAX);
}

static int run_program(struct task *task, struct operation *operations, uint32_t count) {
    int fds[HOMEPORT_MAX_FDS];
    static const int none[2] = {-1, -1};
    int failed = program_check(operations, count, none);
    for (int i = 0; i < task->fd_count && failed == 0; i++) { /* the program closes what came with it */
        fds[i] = fcntl(task->fds[i], F_DUPFD_CLOEXEC, task->above + 1);
        failed = fds[i] < 0 ? -errno : 0;
    }
    if (failed < 0) {
        return failed; /* what is open ends with the thread */
    }
    program_run(operations, count, fds, task->fd_count);
    return operations[count - 1].result < 0 ? operations[count - 1].result : 0; /* -ECANCELED if one before it failed */
}

static void *run_apart(void *argument) {
    struct task *task = argument;
    task->result = (int) result_of(unshare(CLONE_FILES));
    if (task->result == 0) {
        task->result = clear_table(task);
    }
    struct operation *next = task->operations;
    for (int i = 0; i < task->programs && task->result == 0; i++) {
        task->result = run_program(task, next, (uint32_t) task->counts[i]);
        next += task->counts[i];
    }
    return NULL;
}

/* A thread of its own: a table that was unshared can't be shared again. It takes no signals, for the JVM knows nothing of it. */
static int in_own_thread(struct task *task) {
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int failed = pthread_create(&thread, NULL, run_apart, task);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed != 0) {
        return -failed;
    }
    pthread_join(thread, NULL);
    return task->result;
}

JNIEXPORT jint JNICALL Java_io_homeport_posix_Posix_runApart(JNIEnv *env, jclass cls, jlong address, jintArray counts, jintArray fds, jint above) {
    (void) cls;
    struct task task = {.operations = pointer(address),
                        .programs = (*env)->GetArrayLength(env, counts),
                        .fd_count = (*env)->GetArrayLength(env, fds),
                        .above = above};
    if (task.fd_count > HOMEPORT_MAX_FDS || above == INT_MAX) {
        return -EINVAL;
    }
    (*env)->GetIntArrayRegion(env, fds, 0, task.fd_count, task.fds);
    jint *elements = (*env)->GetIntArrayElements(env, counts, NULL);
    task.counts = elements;
    int result = elements == NULL ? -ENOMEM : in_own_thread(&task);
    if (elements != NULL) {
        (*env)->ReleaseIntArrayElements(env, counts, elements, JNI_ABORT);
    }
    return result;
}
