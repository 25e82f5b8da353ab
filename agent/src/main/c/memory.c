/* Memory that C and Java share. */
#include "homeport.h"
#include "io_homeport_posix_Memory.h"

#include <sys/mman.h>

JNIEXPORT jlong JNICALL Java_io_homeport_posix_Memory_address(JNIEnv *env, jclass cls, jobject direct) {
    (void) cls;
    return direct == NULL ? 0 : (jlong) (intptr_t) (*env)->GetDirectBufferAddress(env, direct);
}

JNIEXPORT jobject JNICALL Java_io_homeport_posix_Memory_map(JNIEnv *env, jclass cls, jint length) {
    (void) cls;
    void *memory = mmap(NULL, (size_t) length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : (*env)->NewDirectByteBuffer(env, memory, length);
}
