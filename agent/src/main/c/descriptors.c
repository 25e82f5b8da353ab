/* The descriptor table of a process, in one call: man 5 proc_pid_fd, proc_pid_fdinfo. */
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
