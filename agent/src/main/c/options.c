/* Many socket options in one call: for thousands of sockets the way from Java and back costs as much as the kernel's answers. */
#include "homeport.h"
#include "io_homeport_posix_Posix.h"

#include <sys/socket.h>

#define VALUE_BYTES 16

/* As the Java side writes and reads them. */
struct question {
    int32_t level, name;
};

struct answer {
    int32_t length; /* or -errno */
    char value[VALUE_BYTES];
};

_Static_assert(sizeof(struct question) == 8 && sizeof(struct answer) == 20, "no padding");

JNIEXPORT void JNICALL Java_io_homeport_posix_Posix_getsockopts(JNIEnv *env, jclass cls, jint fd, jlong questions, jint count, jlong answers) {
    (void) env, (void) cls;
    const struct question *asked = pointer(questions);
    struct answer *given = pointer(answers);
    for (jint i = 0; i < count; i++) {
        socklen_t length = VALUE_BYTES;
        given[i].length = getsockopt(fd, asked[i].level, asked[i].name, given[i].value, &length) < 0 ? -errno : (int32_t) length;
    }
}
