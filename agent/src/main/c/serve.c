/*
 * The agent's thread: it sits in recvmsg() on its end of the control pair, runs swap programs here in C, and returns to Java only with
 * other messages. After a CRIU restore the interrupted recvmsg() just restarts.
 */
#include "control.h"
#include "io_homeport_agent_ControlThread.h"

#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The agent's end, for notices from other threads; -1 until it serves. */
static atomic_int control_fd = -1;
static atomic_int notices_lost;

static ssize_t receive(int fd, void *buffer, size_t length, int *fds, int *fd_count, int *cut) {
    char control[CMSG_SPACE(HOMEPORT_MAX_FDS * sizeof(int))] __attribute__((aligned(8)));
    struct iovec data = {.iov_base = buffer, .iov_len = length};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t received = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    *fd_count = 0;
    *cut = 0;
    if (received < 0) {
        return -errno;
    }
    /* MSG_CTRUNC is also what a process out of descriptors gets (net/core/scm.c: scm_detach_fds). */
    *cut = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
            int n = (int) ((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
            memcpy(fds + *fd_count, CMSG_DATA(header), (size_t) n * sizeof(int));
            *fd_count += n;
        }
    }
    return received;
}

static void close_all(const int *fds, int count) {
    for (int i = 0; i < count; i++) {
        close(fds[i]);
    }
}

/* A reply may wait for the daemon to read; it has just asked, so it does. EPIPE can not be: the other end is open in this process too. */
static void reply_error(int fd, uint32_t sequence, int error) {
    struct {
        struct header header;
        int32_t error;
    } reply = {{CONTROL_MAGIC, CONTROL_VERSION, KIND_ERROR, sequence, sizeof(int32_t)}, error};
    send(fd, &reply, sizeof reply, MSG_NOSIGNAL);
}

static int is_well_formed(const struct header *header, ssize_t length) {
    if ((size_t) length < sizeof *header || header->magic != CONTROL_MAGIC || header->version != CONTROL_VERSION) {
        return 0;
    }
    size_t body = (size_t) length - sizeof *header;
    return header->kind == KIND_PROGRAM ? header->count <= MAX_OPERATIONS && body == header->count * sizeof(struct operation)
                                        : header->count == body;
}

static int has_ended(int fd) {
    struct pollfd entry = {.fd = fd, .events = POLLIN};
    return poll(&entry, 1, 0) > 0 && (entry.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

/* The message becomes its reply. */
static void list_descriptors(int fd, struct header *header, size_t length) {
    const int32_t *range = (const int32_t *) (header + 1);
    struct entry *entries = (struct entry *) (header + 1);
    size_t room = (length - sizeof *header) / sizeof *entries;
    size_t found = (size_t) table_read(range[0], range[1], entries, (int) room);
    header->kind |= KIND_REPLY;
    header->count = (uint32_t) (found * sizeof *entries);
    send(fd, header, sizeof *header + header->count, MSG_NOSIGNAL);
}

/* The length of a message for Java, at address; 0: the control pair is closed; or -errno. */
JNIEXPORT jint JNICALL Java_io_homeport_agent_ControlThread_serve(JNIEnv *env, jclass cls, jint fd, jint peer, jlong address, jint length) {
    (void) env, (void) cls;
    const int reserved_fds[2] = {fd, peer};
    struct header *header = pointer(address);
    struct operation *operations = (struct operation *) (header + 1);
    if (atomic_exchange(&control_fd, fd) < 0) {
        room_take(peer); /* without it, or with less, a move takes longer: nobody needs to be told */
    }
    for (;;) {
        int fds[HOMEPORT_MAX_FDS], fd_count, cut;
        ssize_t received = receive(fd, header, (size_t) length, fds, &fd_count, &cut);
        if (received == -EINTR) {
            continue;
        }
        /* 0 is also an empty message. */
        if (received < 0 || (received == 0 && has_ended(fd))) {
            return (jint) received;
        }
        if (cut || !is_well_formed(header, received)) {
            close_all(fds, fd_count);
            reply_error(fd, (size_t) received >= sizeof *header ? header->sequence : 0, -EBADMSG);
        } else if (header->kind == KIND_DESCRIPTORS && header->count == 2 * sizeof(int32_t)) {
            close_all(fds, fd_count);
            list_descriptors(fd, header, (size_t) length);
        } else if (header->kind != KIND_PROGRAM) {
            close_all(fds, fd_count);
            return (jint) received;
        } else if (program_check(operations, header->count, reserved_fds) < 0) {
            close_all(fds, fd_count);
            reply_error(fd, header->sequence, -EBADMSG);
        } else {
            program_run(operations, header->count, fds, fd_count);
            header->kind |= KIND_REPLY;
            send(fd, header, (size_t) received, MSG_NOSIGNAL);
        }
    }
}

/*
 * Called by application threads after they have set a socket option: never waits. A notice that found the queue full is remembered as a
 * flag in the next one, upon which the daemon looks at every socket.
 */
JNIEXPORT void JNICALL Java_sun_nio_ch_HomeportBridge_noticeOption(JNIEnv *env, jclass cls, jint fd) {
    (void) env, (void) cls;
    int control = atomic_load(&control_fd);
    if (control < 0) {
        return;
    }
    int lost = atomic_exchange(&notices_lost, 0);
    struct {
        struct header header;
        int32_t fd, lost;
    } notice = {{CONTROL_MAGIC, CONTROL_VERSION, KIND_NOTICE_OPTION_CHANGED, 0, 2 * sizeof(int32_t)}, fd, lost};
    if (send(control, &notice, sizeof notice, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        atomic_store(&notices_lost, 1);
    }
}
