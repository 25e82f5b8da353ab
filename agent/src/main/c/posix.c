/*
 * System calls for Java: each native is one call, its operands unchanged (man 2 of the same name), EINTR included.
 * Buffers are direct memory (address, length), so nothing is pinned or copied; socket addresses and options are small byte arrays.
 */
#include "homeport.h"
#include "io_homeport_posix_Posix.h"

#include <fcntl.h>
#include <linux/kcmp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define NATIVE(type, name) JNIEXPORT type JNICALL Java_io_homeport_posix_Posix_##name
/* The largest option value we meet is TCP_INFO (under 300 bytes on Linux 6.18). */
#define MAX_OPTION_BYTES 1024

NATIVE(jlong, recv)(JNIEnv *env, jclass cls, jint fd, jlong address, jint length, jint flags) {
    (void) env, (void) cls;
    return result_of(recv(fd, pointer(address), (size_t) length, flags));
}

NATIVE(jlong, send)(JNIEnv *env, jclass cls, jint fd, jlong address, jint length, jint flags) {
    (void) env, (void) cls;
    return result_of(send(fd, pointer(address), (size_t) length, flags | MSG_NOSIGNAL));
}

NATIVE(jlong, read)(JNIEnv *env, jclass cls, jint fd, jlong address, jint length) {
    (void) env, (void) cls;
    return result_of(read(fd, pointer(address), (size_t) length));
}

NATIVE(jlong, write)(JNIEnv *env, jclass cls, jint fd, jlong address, jint length) {
    (void) env, (void) cls;
    return result_of(write(fd, pointer(address), (size_t) length));
}

/* path: NUL-terminated bytes. */
NATIVE(jint, open)(JNIEnv *env, jclass cls, jbyteArray path, jint flags) {
    (void) cls;
    char name[4096];
    jsize length = (*env)->GetArrayLength(env, path);
    if (length <= 0 || length > (jsize) sizeof name) {
        return -ENAMETOOLONG;
    }
    (*env)->GetByteArrayRegion(env, path, 0, length, (jbyte *) name);
    name[length - 1] = 0;
    return (jint) result_of(open(name, flags));
}

NATIVE(jint, close)(JNIEnv *env, jclass cls, jint fd) {
    (void) env, (void) cls;
    return (jint) result_of(close(fd));
}

NATIVE(jint, shutdown)(JNIEnv *env, jclass cls, jint fd, jint how) {
    (void) env, (void) cls;
    return (jint) result_of(shutdown(fd, how));
}

NATIVE(jint, fcntl)(JNIEnv *env, jclass cls, jint fd, jint command, jint argument) {
    (void) env, (void) cls;
    return (jint) result_of(fcntl(fd, command, argument));
}

NATIVE(jint, ioctlInt)(JNIEnv *env, jclass cls, jint fd, jint request) {
    (void) env, (void) cls;
    int value = 0;
    int result = ioctl(fd, (unsigned long) (uint32_t) request, &value);
    return result < 0 ? -errno : value;
}

NATIVE(jint, poll)(JNIEnv *env, jclass cls, jint fd, jint events, jint timeoutMs) {
    (void) env, (void) cls;
    struct pollfd entry = {.fd = fd, .events = (short) events};
    int result = poll(&entry, 1, timeoutMs);
    return result < 0 ? -errno : result == 0 ? 0 : (unsigned short) entry.revents;
}

NATIVE(jint, pollEither)(JNIEnv *env, jclass cls, jint fd, jint other, jint events, jint timeoutMs) {
    (void) env, (void) cls;
    struct pollfd entries[2] = {{.fd = fd, .events = (short) events}, {.fd = other, .events = (short) events}};
    return poll(entries, 2, timeoutMs) < 0 ? -errno : (entries[0].revents != 0) | (entries[1].revents != 0) << 1;
}

NATIVE(jint, socket)(JNIEnv *env, jclass cls, jint domain, jint type, jint protocol) {
    (void) env, (void) cls;
    return (jint) result_of(socket(domain, type, protocol));
}

/* Both fds are closed again when the array can't take them, so that none leaks. */
static jint give_pair(JNIEnv *env, jintArray out, const int pair[2]) {
    if ((*env)->GetArrayLength(env, out) < 2) {
        close(pair[0]);
        close(pair[1]);
        return -EINVAL;
    }
    (*env)->SetIntArrayRegion(env, out, 0, 2, (const jint *) pair);
    return 0;
}

NATIVE(jint, socketpair)(JNIEnv *env, jclass cls, jint domain, jint type, jint protocol, jintArray out) {
    (void) cls;
    int pair[2];
    return socketpair(domain, type, protocol, pair) < 0 ? -errno : give_pair(env, out, pair);
}

NATIVE(jint, pipe2)(JNIEnv *env, jclass cls, jint flags, jintArray out) {
    (void) cls;
    int pair[2];
    return pipe2(pair, flags) < 0 ? -errno : give_pair(env, out, pair);
}

/* The length of the address that was read, or -EINVAL: longer than any socket address. */
static int take_address(JNIEnv *env, jbyteArray in, struct sockaddr_storage *storage) {
    jsize length = (*env)->GetArrayLength(env, in);
    if (length > (jsize) sizeof *storage) {
        return -EINVAL;
    }
    (*env)->GetByteArrayRegion(env, in, 0, length, (jbyte *) storage);
    return length;
}

static void give_address(JNIEnv *env, jbyteArray out, const struct sockaddr_storage *storage, socklen_t length) {
    jsize room = (*env)->GetArrayLength(env, out);
    jsize copied = (jsize) length < room ? (jsize) length : room;
    (*env)->SetByteArrayRegion(env, out, 0, copied, (const jbyte *) storage);
}

NATIVE(jint, bind)(JNIEnv *env, jclass cls, jint fd, jbyteArray in) {
    (void) cls;
    struct sockaddr_storage storage;
    int length = take_address(env, in, &storage);
    return length < 0 ? length : (jint) result_of(bind(fd, (struct sockaddr *) &storage, (socklen_t) length));
}

NATIVE(jint, connect)(JNIEnv *env, jclass cls, jint fd, jbyteArray in) {
    (void) cls;
    struct sockaddr_storage storage;
    int length = take_address(env, in, &storage);
    return length < 0 ? length : (jint) result_of(connect(fd, (struct sockaddr *) &storage, (socklen_t) length));
}

NATIVE(jint, listen)(JNIEnv *env, jclass cls, jint fd, jint backlog) {
    (void) env, (void) cls;
    return (jint) result_of(listen(fd, backlog));
}

NATIVE(jint, accept4)(JNIEnv *env, jclass cls, jint fd, jbyteArray out, jint flags) {
    (void) cls;
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    memset(&storage, 0, sizeof storage);
    int accepted = accept4(fd, (struct sockaddr *) &storage, &length, flags);
    if (accepted < 0) {
        return -errno;
    }
    if (out != NULL) {
        give_address(env, out, &storage, length);
    }
    return accepted;
}

static jint name_of(JNIEnv *env, jint fd, jbyteArray out, int (*call)(int, struct sockaddr *, socklen_t *)) {
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    memset(&storage, 0, sizeof storage);
    if (call(fd, (struct sockaddr *) &storage, &length) < 0) {
        return -errno;
    }
    give_address(env, out, &storage, length);
    return (jint) length;
}

static int call_getsockname(int fd, struct sockaddr *address, socklen_t *length) { return getsockname(fd, address, length); }

static int call_getpeername(int fd, struct sockaddr *address, socklen_t *length) { return getpeername(fd, address, length); }

NATIVE(jint, getsockname)(JNIEnv *env, jclass cls, jint fd, jbyteArray out) {
    (void) cls;
    return name_of(env, fd, out, call_getsockname);
}

NATIVE(jint, getpeername)(JNIEnv *env, jclass cls, jint fd, jbyteArray out) {
    (void) cls;
    return name_of(env, fd, out, call_getpeername);
}

NATIVE(jint, getsockopt)(JNIEnv *env, jclass cls, jint fd, jint level, jint name, jbyteArray out) {
    (void) cls;
    jbyte value[MAX_OPTION_BYTES];
    jsize room = (*env)->GetArrayLength(env, out);
    socklen_t length = room < MAX_OPTION_BYTES ? (socklen_t) room : MAX_OPTION_BYTES;
    if (getsockopt(fd, level, name, value, &length) < 0) {
        return -errno;
    }
    (*env)->SetByteArrayRegion(env, out, 0, (jsize) length, value);
    return (jint) length;
}

NATIVE(jint, setsockopt)(JNIEnv *env, jclass cls, jint fd, jint level, jint name, jbyteArray in) {
    (void) cls;
    jbyte value[MAX_OPTION_BYTES];
    jsize length = (*env)->GetArrayLength(env, in);
    if (length > MAX_OPTION_BYTES) {
        return -EINVAL;
    }
    (*env)->GetByteArrayRegion(env, in, 0, length, value);
    return (jint) result_of(setsockopt(fd, level, name, value, (socklen_t) length));
}

NATIVE(jint, getsockoptInt)(JNIEnv *env, jclass cls, jint fd, jint level, jint name) {
    (void) env, (void) cls;
    int value = 0;
    socklen_t length = sizeof value;
    return getsockopt(fd, level, name, &value, &length) < 0 ? -errno : value;
}

NATIVE(jint, setsockoptInt)(JNIEnv *env, jclass cls, jint fd, jint level, jint name, jint value) {
    (void) env, (void) cls;
    return (jint) result_of(setsockopt(fd, level, name, &value, sizeof value));
}

/* glibc has wrappers for both only since 2.36; the numbers are the same on every architecture. */
NATIVE(jint, pidfdOpen)(JNIEnv *env, jclass cls, jint pid) {
    (void) env, (void) cls;
    return (jint) result_of(syscall(SYS_pidfd_open, pid, 0));
}

NATIVE(jint, pidfdGetfd)(JNIEnv *env, jclass cls, jint pidfd, jint fd) {
    (void) env, (void) cls;
    return (jint) result_of(syscall(SYS_pidfd_getfd, pidfd, fd, 0));
}

/* glibc has no wrapper. */
NATIVE(jint, sameFile)(JNIEnv *env, jclass cls, jint pid, jint fd, jint other) {
    (void) env, (void) cls;
    jlong order = result_of(syscall(SYS_kcmp, pid, pid, KCMP_FILE, fd, other));
    return order < 0 ? (jint) order : order == 0;
}

NATIVE(jint, epollCreate)(JNIEnv *env, jclass cls) {
    (void) env, (void) cls;
    return (jint) result_of(epoll_create1(EPOLL_CLOEXEC));
}

NATIVE(jint, kill)(JNIEnv *env, jclass cls, jint pid, jint signal) {
    (void) env, (void) cls;
    return (jint) result_of(kill(pid, signal));
}

NATIVE(jint, nice)(JNIEnv *env, jclass cls, jint tid, jint value) {
    (void) env, (void) cls;
    return (jint) result_of(setpriority(PRIO_PROCESS, (id_t) tid, value));
}

NATIVE(jint, schedule)(JNIEnv *env, jclass cls, jint tid, jint policy) {
    (void) env, (void) cls;
    struct sched_param none = {0};
    return (jint) result_of(sched_setscheduler(tid, policy, &none));
}

NATIVE(jlong, prlimitNofile)(JNIEnv *env, jclass cls, jint pid, jlong files) {
    (void) env, (void) cls;
    struct rlimit limit;
    if (prlimit(pid, RLIMIT_NOFILE, NULL, &limit) < 0) {
        return -errno;
    }
    jlong before = (jlong) limit.rlim_cur;
    if (files > 0 && limit.rlim_cur < (rlim_t) files) {
        limit.rlim_cur = (rlim_t) files;
        limit.rlim_max = limit.rlim_max < limit.rlim_cur ? limit.rlim_cur : limit.rlim_max;
        if (prlimit(pid, RLIMIT_NOFILE, &limit, NULL) < 0) {
            return -errno;
        }
    }
    return before;
}

NATIVE(jint, unshareNet)(JNIEnv *env, jclass cls) {
    (void) env, (void) cls;
    return (jint) result_of(unshare(CLONE_NEWNET));
}

NATIVE(jint, setns)(JNIEnv *env, jclass cls, jint fd, jint nstype) {
    (void) env, (void) cls;
    return (jint) result_of(setns(fd, nstype));
}

static jint send_fds(int sock, void *bytes, size_t length, const int *fds, int count) {
    char control[CMSG_SPACE(HOMEPORT_MAX_FDS * sizeof(int))] __attribute__((aligned(8)));
    struct iovec data = {.iov_base = bytes, .iov_len = length};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
    if (count > 0) {
        memset(control, 0, sizeof control);
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE((size_t) count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN((size_t) count * sizeof(int));
        memcpy(CMSG_DATA(header), fds, (size_t) count * sizeof(int));
    }
    return (jint) result_of(sendmsg(sock, &message, MSG_NOSIGNAL));
}

/* Their number, or -EINVAL for more than one message may carry. */
static int take_fds(JNIEnv *env, jintArray in, int *fds, jint count) {
    if (count < 0 || count > HOMEPORT_MAX_FDS || count > (*env)->GetArrayLength(env, in)) {
        return -EINVAL;
    }
    (*env)->GetIntArrayRegion(env, in, 0, count, fds);
    return count;
}

NATIVE(jint, sendFds)(JNIEnv *env, jclass cls, jint sock, jlong address, jint length, jintArray in, jint count) {
    (void) cls;
    int fds[HOMEPORT_MAX_FDS], taken = take_fds(env, in, fds, count);
    return taken < 0 ? taken : send_fds(sock, pointer(address), (size_t) length, fds, taken);
}

NATIVE(jint, sendFdsOf)(JNIEnv *env, jclass cls, jint pidfd, jint sock, jintArray in, jint count) {
    (void) cls;
    int fds[HOMEPORT_MAX_FDS], result = take_fds(env, in, fds, count), got = 0;
    for (; got < count && result >= 0; got++) {
        int fd = (int) syscall(SYS_pidfd_getfd, pidfd, fds[got], 0);
        if (fd < 0) {
            result = -errno;
            break;
        }
        fds[got] = fd;
    }
    char byte = 0;
    result = result < 0 ? result : send_fds(sock, &byte, 1, fds, count);
    while (got > 0) {
        close(fds[--got]);
    }
    return result;
}

NATIVE(jint, recvFds)(JNIEnv *env, jclass cls, jint sock, jlong address, jint length, jintArray out, jint flags) {
    (void) cls;
    char control[CMSG_SPACE(HOMEPORT_MAX_FDS * sizeof(int))] __attribute__((aligned(8)));
    struct iovec data = {.iov_base = pointer(address), .iov_len = (size_t) length};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t received = recvmsg(sock, &message, flags | MSG_CMSG_CLOEXEC);
    if (received < 0) {
        return -errno;
    }
    jint count = 0;
    jint room = (*env)->GetArrayLength(env, out) - 1;
    int lost = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        int *fds = (int *) (void *) CMSG_DATA(header);
        jint n = (jint) ((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        lost |= count + n > room;
        for (jint i = 0; lost && i < n; i++) {
            close(fds[i]);
        }
        if (!lost) {
            (*env)->SetIntArrayRegion(env, out, 1 + count, n, fds);
            count += n;
        }
    }
    if (room >= 0) {
        (*env)->SetIntArrayRegion(env, out, 0, 1, &count);
    }
    return lost ? -EMSGSIZE : (jint) received;
}
