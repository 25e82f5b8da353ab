/* Pages compared where they lie, those of a file in the page cache: no byte of it is copied, and no Java has to be compiled for it. */
#include "homeport.h"
#include "io_homeport_posix_Pages.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE ((size_t) io_homeport_posix_Pages_BYTES)
#define PIECE ((size_t) 1 << 18) /* of a process, at a time: stays in the cache */

/* Beyond the end of a file a mapping answers with SIGBUS. */
static void *map(int fd, off_t offset, size_t length) {
    struct stat file;
    if (fstat(fd, &file) < 0) {
        return MAP_FAILED;
    }
    if (offset < 0 || file.st_size < offset || (size_t) (file.st_size - offset) < length) {
        errno = ERANGE;
        return MAP_FAILED;
    }
    return mmap(NULL, length, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, offset);
}

JNIEXPORT jint JNICALL Java_io_homeport_posix_Pages_compare(
    JNIEnv *env, jclass cls, jint fd, jlong offset, jint other, jlong other_offset, jint count, jbyteArray differs_out) {
    (void) cls;
    size_t length = (size_t) count * PAGE;
    if (count <= 0 || (*env)->GetArrayLength(env, differs_out) < count) {
        return -EINVAL;
    }
    char *one = map(fd, offset, length);
    if (one == MAP_FAILED) {
        return -errno;
    }
    char *two = map(other, other_offset, length);
    if (two == MAP_FAILED) {
        int failed = -errno;
        munmap(one, length);
        return failed;
    }
    jint result = -ENOMEM;
    jbyte *differs = (*env)->GetByteArrayElements(env, differs_out, NULL);
    if (differs != NULL) {
        result = 0;
        for (jint page = 0; page < count; page++) {
            differs[page] = memcmp(one + (size_t) page * PAGE, two + (size_t) page * PAGE, PAGE) != 0;
            result += differs[page];
        }
        (*env)->ReleaseByteArrayElements(env, differs_out, differs, 0);
    }
    munmap(one, length);
    munmap(two, length);
    return result;
}

/* process_vm_readv is the faster one, but respects PROT_NONE. */
static ssize_t read_memory(pid_t pid, int memory, jlong address, char *piece, size_t length) {
    struct iovec to = {piece, length};
    struct iovec from = {(void *) (uintptr_t) address, length};
    if (process_vm_readv(pid, &to, 1, &from, 1, 0) == (ssize_t) length) {
        return (ssize_t) length;
    }
    return pread(memory, piece, length, (off_t) address);
}

static jint compare_pieces(pid_t pid, int memory, jlong address, const char *other, size_t length, char *piece, jbyte *differs) {
    jint result = 0;
    for (size_t at = 0; at < length; at += PIECE) {
        size_t part = length - at < PIECE ? length - at : PIECE;
        int whole = read_memory(pid, memory, address + (jlong) at, piece, part) == (ssize_t) part;
        for (size_t page = 0; page < part; page += PAGE) {
            int there = whole || read_memory(pid, memory, address + (jlong) (at + page), piece + page, PAGE) == (ssize_t) PAGE;
            jbyte differ = !there || memcmp(piece + page, other + at + page, PAGE) != 0;
            differs[(at + page) / PAGE] = differ;
            result += differ;
        }
    }
    return result;
}

JNIEXPORT jint JNICALL Java_io_homeport_posix_Pages_compareMemory(
    JNIEnv *env, jclass cls, jint pid, jint memory, jlong address, jint other, jlong other_offset, jint count, jbyteArray differs_out) {
    (void) cls;
    size_t length = (size_t) count * PAGE;
    if (count <= 0 || (*env)->GetArrayLength(env, differs_out) < count) {
        return -EINVAL;
    }
    char *there = map(other, other_offset, length);
    if (there == MAP_FAILED) {
        return -errno;
    }
    jint result = -ENOMEM;
    char *piece = malloc(PIECE);
    jbyte *differs = piece == NULL ? NULL : (*env)->GetByteArrayElements(env, differs_out, NULL);
    if (differs != NULL) {
        result = compare_pieces(pid, memory, address, there, length, piece, differs);
        (*env)->ReleaseByteArrayElements(env, differs_out, differs, 0);
    }
    free(piece);
    munmap(there, length);
    return result;
}
