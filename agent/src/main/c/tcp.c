/* What only TCP_REPAIR and TCP_INFO tell about a TCP socket (linux/tcp.h; net/ipv4/tcp.c of Linux 6.x). */
#include "homeport.h"
#include "io_homeport_posix_Posix.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define INFO_FIELDS 8
/* As Posix.MOST_PAIRS. */
#define MOST_PAIRS 250

/*
 * The bytes of the send queue, unacknowledged ones first (tcp_peek_sndq). The kernel copies whole buffers and, given too
 * little room, may leave one out and go on, so the room is checked first (the queue only shrinks meanwhile). Leaving repair mode
 * resets SO_REUSEADDR (do_tcp_setsockopt: SK_NO_REUSE), so that is put back; TCP_REPAIR_OFF_NO_WP leaves without the window probe
 * that plain OFF would send.
 */
JNIEXPORT jlong JNICALL Java_io_homeport_posix_Posix_peekSendQueue(JNIEnv *env, jclass cls, jint fd, jlong address, jint length) {
    (void) env, (void) cls;
    int on = TCP_REPAIR_ON, off = TCP_REPAIR_OFF_NO_WP, plain_off = TCP_REPAIR_OFF, queue = TCP_SEND_QUEUE, reuse = 0;
    socklen_t reuse_length = sizeof reuse;
    if (getsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, &reuse_length) < 0
        || setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on) < 0) {
        return -errno;
    }
    int64_t result = result_of(setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof queue));
    if (result == 0) {
        int queued = 0;
        result = result_of(ioctl(fd, SIOCOUTQ, &queued));
        result = result == 0 && queued > length ? -EMSGSIZE : result;
    }
    if (result == 0) {
        result = result_of(recv(fd, pointer(address), (size_t) length, MSG_PEEK | MSG_DONTWAIT));
    }
    if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &off, sizeof off) < 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &plain_off, sizeof plain_off);
    }
    reuse = reuse != 0;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
    return result;
}

JNIEXPORT jint JNICALL Java_io_homeport_posix_Posix_tcpInfo(JNIEnv *env, jclass cls, jint fd, jlongArray out) {
    (void) cls;
    struct tcp_info info;
    socklen_t length = sizeof info;
    memset(&info, 0, sizeof info);
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0) {
        return -errno;
    }
    if ((*env)->GetArrayLength(env, out) < INFO_FIELDS) {
        return -EINVAL;
    }
    jlong fields[INFO_FIELDS] = {info.tcpi_state,       info.tcpi_unacked,
                                 info.tcpi_notsent_bytes, (jlong) info.tcpi_bytes_received,
                                 (jlong) info.tcpi_bytes_acked, (jlong) info.tcpi_bytes_sent,
                                 (jlong) info.tcpi_bytes_retrans, info.tcpi_snd_wnd};
    (*env)->SetLongArrayRegion(env, out, 0, INFO_FIELDS, fields);
    return 0;
}

static bool is_zero(int fd, unsigned long question) {
    int answer;
    return ioctl(fd, question, &answer) == 0 && answer == 0;
}

/*
 * Sent and acknowledged, and no longer in the queue where it has come: SIOCOUTQ, then the other's SIOCINQ. That ends at the urgent mark
 * (tcp_inq), so SIOCATMARK beside it. What poll adds is ends and errors; SO_RCVLOWAT makes it no answer for bytes.
 */
JNIEXPORT jint JNICALL Java_io_homeport_posix_Posix_quietPairs(JNIEnv *env, jclass cls, jintArray ones, jintArray others, jbooleanArray out) {
    (void) cls;
    jsize count = (*env)->GetArrayLength(env, ones);
    if (count > MOST_PAIRS || (*env)->GetArrayLength(env, others) != count || (*env)->GetArrayLength(env, out) != count) {
        return -EINVAL;
    }
    jint fds[2 * MOST_PAIRS];
    (*env)->GetIntArrayRegion(env, ones, 0, count, fds);
    (*env)->GetIntArrayRegion(env, others, 0, count, fds + count);
    bool empty[2 * MOST_PAIRS];
    struct pollfd entries[2 * MOST_PAIRS];
    for (jsize i = 0; i < 2 * count; i++) {
        empty[i] = is_zero(fds[i], SIOCOUTQ);
        entries[i] = (struct pollfd){.fd = fds[i], .events = POLLPRI | POLLRDHUP};
    }
    for (jsize i = 0; i < 2 * count; i++) {
        empty[i] = empty[i] && is_zero(fds[i], SIOCINQ) && is_zero(fds[i], SIOCATMARK);
    }
    if (poll(entries, (nfds_t) (2 * count), 0) < 0) {
        return -errno;
    }
    jboolean quiet[MOST_PAIRS];
    for (jsize i = 0; i < count; i++) {
        jsize other = count + i;
        quiet[i] = empty[i] && empty[other] && entries[i].revents == 0 && entries[other].revents == 0;
    }
    (*env)->SetBooleanArrayRegion(env, out, 0, count, quiet);
    return 0;
}

/* How many; they are in fds, which has room for MOST_PAIRS. -EINVAL if there are more, or not as many answers. */
static jsize take_ends(JNIEnv *env, jintArray ends, jbooleanArray out, jint *fds) {
    jsize count = (*env)->GetArrayLength(env, ends);
    if (count > MOST_PAIRS || (*env)->GetArrayLength(env, out) != count) {
        return -EINVAL;
    }
    (*env)->GetIntArrayRegion(env, ends, 0, count, fds);
    return count;
}

JNIEXPORT jint JNICALL Java_io_homeport_posix_Posix_drainedEnds(JNIEnv *env, jclass cls, jintArray ends, jbooleanArray out) {
    (void) cls;
    jint fds[MOST_PAIRS];
    jboolean drained[MOST_PAIRS];
    jsize count = take_ends(env, ends, out, fds);
    for (jsize i = 0; i < count; i++) {
        drained[i] = is_zero(fds[i], SIOCOUTQ);
    }
    if (count > 0) {
        (*env)->SetBooleanArrayRegion(env, out, 0, count, drained);
    }
    return count < 0 ? count : 0;
}

JNIEXPORT jint JNICALL Java_io_homeport_posix_Posix_quietEnds(JNIEnv *env, jclass cls, jintArray ends, jbooleanArray out) {
    (void) cls;
    jint fds[MOST_PAIRS];
    struct pollfd entries[MOST_PAIRS];
    jboolean quiet[MOST_PAIRS];
    jsize count = take_ends(env, ends, out, fds);
    for (jsize i = 0; i < count; i++) {
        entries[i] = (struct pollfd){.fd = fds[i], .events = POLLPRI | POLLRDHUP};
    }
    if (count > 0 && poll(entries, (nfds_t) count, 0) < 0) {
        return -errno;
    }
    for (jsize i = 0; i < count; i++) {
        quiet[i] = entries[i].revents == 0 && is_zero(fds[i], SIOCINQ);
    }
    if (count > 0) {
        (*env)->SetBooleanArrayRegion(env, out, 0, count, quiet);
    }
    return count < 0 ? count : 0;
}
