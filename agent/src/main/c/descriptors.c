/* The descriptor table of a process, and what its epoll sets watch, in one call each: man 5 proc_pid_fd, proc_pid_fdinfo. */
#include "homeport.h"
#include "io_homeport_posix_Posix.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* pos, flags and mnt_id come first, whatever the file is (fs/proc/fd.c, seq_show). */
#define INFO_BYTES 128

/* As the Java side reads it: three numbers, then the target. */
struct record {
    int32_t fd, flags, target_length;
    char target[];
};

/* One line of an epoll set, as the Java side reads it. */
struct registration {
    int32_t fd;
    uint32_t events;
    uint64_t data;
};

/* The flags, -ENOENT if it was closed meanwhile, or another -errno. */
static int flags_of(int infos, const char *name) {
    char info[INFO_BYTES];
    int file = openat(infos, name, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return -errno;
    }
    ssize_t length = read(file, info, sizeof info - 1);
    int error = errno;
    close(file);
    if (length < 0) {
        return -error;
    }
    info[length] = 0;
    const char *flags = strstr(info, "flags:");
    return flags == NULL ? -ENOENT : (int) strtol(flags + strlen("flags:"), NULL, 8);
}

/* Bytes written, 0 if it was closed meanwhile, or -errno. */
static int64_t describe(int fds, int infos, const char *name, char *out, size_t room) {
    char target[PATH_MAX];
    ssize_t length = readlinkat(fds, name, target, sizeof target);
    int flags = length < 0 ? -errno : flags_of(infos, name);
    if (flags < 0) {
        return flags == -ENOENT ? 0 : flags;
    }
    struct record record = {.fd = atoi(name), .flags = flags, .target_length = (int32_t) length};
    if (room < sizeof record + (size_t) length) {
        return -EOVERFLOW;
    }
    memcpy(out, &record, sizeof record);
    memcpy(out + sizeof record, target, (size_t) length);
    return (int64_t) sizeof record + length;
}

static int64_t describe_all(DIR *fds, int infos, char *out, size_t room) {
    size_t used = 0;
    for (struct dirent *entry; (entry = readdir(fds)) != NULL;) {
        int64_t written = entry->d_name[0] == '.' ? 0 : describe(dirfd(fds), infos, entry->d_name, out + used, room - used);
        if (written < 0) {
            return written;
        }
        used += (size_t) written;
    }
    return (int64_t) used;
}

JNIEXPORT jlong JNICALL Java_io_homeport_posix_Posix_readDescriptors(JNIEnv *env, jclass cls, jint pid, jlong address, jint length) {
    (void) env, (void) cls;
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *fds = opendir(path);
    if (fds == NULL) {
        return -errno;
    }
    snprintf(path, sizeof path, "/proc/%d/fdinfo", pid);
    int infos = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int64_t result = infos < 0 ? -errno : describe_all(fds, infos, (char *) (intptr_t) address, (size_t) length);
    if (infos >= 0) {
        close(infos);
    }
    closedir(fds);
    return result;
}

/* A line is "tfd: 5 events: 19 data: ffffffff00000005 ..." (fs/eventpoll.c, ep_show_fdinfo). Bytes written, or -errno. */
static int64_t parse_all(FILE *info, struct registration *out, size_t room) {
    char *line = NULL;
    size_t capacity = 0, found = 0;
    while (getline(&line, &capacity, info) >= 0) {
        char *events = strstr(line, "events:"), *data = strstr(line, "data:");
        if (strncmp(line, "tfd:", 4) != 0 || events == NULL || data == NULL) {
            continue;
        }
        if (found == room) {
            free(line);
            return -EOVERFLOW;
        }
        out[found++] = (struct registration) {.fd = atoi(line + strlen("tfd:")),
                                              .events = (uint32_t) strtoul(events + strlen("events:"), NULL, 16),
                                              .data = strtoull(data + strlen("data:"), NULL, 16)};
    }
    int64_t result = ferror(info) ? -errno : (int64_t) (found * sizeof *out);
    free(line);
    return result;
}

JNIEXPORT jlong JNICALL Java_io_homeport_posix_Posix_readRegistrations(JNIEnv *env, jclass cls, jint pid, jint epoll, jlong address, jint length) {
    (void) env, (void) cls;
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", pid, epoll);
    FILE *info = fopen(path, "re");
    if (info == NULL) {
        return -errno;
    }
    char buffer[1 << 16];
    setvbuf(info, buffer, _IOFBF, sizeof buffer);
    int64_t result = parse_all(info, pointer(address), (size_t) length / sizeof(struct registration));
    fclose(info);
    return result;
}
