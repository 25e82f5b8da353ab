/* What the C files of libhomeport share. One rule for every native: the answer is >= 0, or -errno; nothing throws. */
#ifndef HOMEPORT_H
#define HOMEPORT_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <jni.h>
#include <stdint.h>

/* include/net/scm.h: SCM_MAX_FD, the most descriptors that one message may carry. */
#define HOMEPORT_MAX_FDS 253

/* Turns libc's "-1 and errno" into the kernel's own "-errno". */
static inline int64_t result_of(int64_t result) { return result < 0 ? -(int64_t) errno : result; }

static inline void *pointer(jlong address) { return (void *) (intptr_t) address; }

#endif
