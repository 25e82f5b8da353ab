/*
 * Which pages a process writes to, told by the kernel: each page is write-protected, the first write to it takes the protection off and
 * waits for nobody (userfaultfd(2), UFFD_FEATURE_WP_ASYNC, and PAGEMAP_SCAN; Linux 6.7, Documentation/admin-guide/mm/pagemap.rst).
 */
#include "homeport.h"
#include "io_homeport_posix_WriteTracking.h"

#include <linux/userfaultfd.h>
#include <sys/ioctl.h>

/* Debian 12 builds with the headers of Linux 6.1: include/uapi/linux/userfaultfd.h and fs.h of 6.7. */
#define WP_ASYNC ((__u64) 1 << 15)
#define IS_WRITTEN ((__u64) 1 << 1)
#define IS_PRESENT ((__u64) 1 << 3)
#define IS_SWAPPED ((__u64) 1 << 4)
#define SCAN_WP_MATCHING ((__u64) 1 << 0)
#define SCAN_CHECK_WPASYNC ((__u64) 1 << 1)

struct scan {
    __u64 size, flags, start, end, walk_end, vec, vec_len, max_pages;
    __u64 category_inverted, category_mask, category_anyof_mask, return_mask;
};

#define SCAN _IOWR('f', 16, struct scan)

JNIEXPORT jint JNICALL Java_io_homeport_posix_WriteTracking_enable(JNIEnv *env, jclass cls, jint uffd) {
    (void) env, (void) cls;
    struct uffdio_api api = {.api = UFFD_API, .features = WP_ASYNC};
    return (jint) result_of(ioctl(uffd, UFFDIO_API, &api));
}

JNIEXPORT jint JNICALL Java_io_homeport_posix_WriteTracking_register(JNIEnv *env, jclass cls, jint uffd, jlong start, jlong end) {
    (void) env, (void) cls;
    struct uffdio_register range = {
        .range = {.start = (__u64) start, .len = (__u64) (end - start)}, .mode = UFFDIO_REGISTER_MODE_WP};
    return (jint) result_of(ioctl(uffd, UFFDIO_REGISTER, &range));
}

static jint run(JNIEnv *env, jint pagemap, struct scan *scan, jlongArray walked_out) {
    jint count = (jint) result_of(ioctl(pagemap, SCAN, scan));
    jlong walked = (jlong) scan->walk_end;
    (*env)->SetLongArrayRegion(env, walked_out, 0, 1, &walked);
    return count;
}

/* Not those that are not there: their mark would look like a page in swap, to CRIU, too (fs/proc/task_mmu.c, pagemap_page_category). */
JNIEXPORT jint JNICALL Java_io_homeport_posix_WriteTracking_protect(
    JNIEnv *env, jclass cls, jint pagemap, jlong start, jlong end, jlong regions, jint room, jlongArray walked_out) {
    (void) cls;
    struct scan scan = {.size = sizeof scan,
                        .flags = SCAN_WP_MATCHING | SCAN_CHECK_WPASYNC,
                        .start = (__u64) start,
                        .end = (__u64) end,
                        .vec = (__u64) regions,
                        .vec_len = (__u64) room,
                        .category_mask = IS_WRITTEN,
                        .category_anyof_mask = IS_PRESENT | IS_SWAPPED,
                        .return_mask = IS_WRITTEN};
    return run(env, pagemap, &scan, walked_out);
}

/* These two masks alone, which makes the kernel pass over what is protected without a look at anything else (pagemap_scan_pmd_entry). */
JNIEXPORT jint JNICALL Java_io_homeport_posix_WriteTracking_written(
    JNIEnv *env, jclass cls, jint pagemap, jlong start, jlong end, jlong regions, jint room, jlongArray walked_out) {
    (void) cls;
    struct scan scan = {.size = sizeof scan,
                        .flags = SCAN_CHECK_WPASYNC,
                        .start = (__u64) start,
                        .end = (__u64) end,
                        .vec = (__u64) regions,
                        .vec_len = (__u64) room,
                        .category_mask = IS_WRITTEN,
                        .return_mask = IS_WRITTEN};
    return run(env, pagemap, &scan, walked_out);
}
