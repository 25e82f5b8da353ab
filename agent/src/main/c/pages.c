/* Pages of two files compared where they lie, in the page cache: no byte is copied, and no Java has to be compiled for it. */
#include "homeport.h"
#include "io_homeport_posix_Pages.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define PAGE ((size_t) io_homeport_posix_Pages_BYTES)

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
