#include "homeport.h"
#include "io_homeport_posix_Memory.h"

JNIEXPORT jlong JNICALL Java_io_homeport_posix_Memory_address(JNIEnv *env, jclass cls, jobject direct) {
    (void) cls;
    return direct == NULL ? 0 : (jlong) (intptr_t) (*env)->GetDirectBufferAddress(env, direct);
}
