/*
 * Binds native methods of classes in the agent's isolated loader to this library, which a class of java.base has loaded: loading it from
 * the agent's own classes would make JDK 24 and later print a warning (JEP 472), RegisterNatives does not.
 */
#include "homeport.h"

#include <dlfcn.h>

#define MAX_NAME_CHARS 256

static int copy_string(JNIEnv *env, jstring string, char *out) {
    jsize length = (*env)->GetStringUTFLength(env, string);
    if (length >= MAX_NAME_CHARS) {
        return 0;
    }
    (*env)->GetStringUTFRegion(env, string, 0, (*env)->GetStringLength(env, string), out);
    out[length] = 0;
    return 1;
}

JNIEXPORT jint JNICALL Java_sun_nio_ch_HomeportBridge_link(JNIEnv *env, jclass cls, jclass owner, jstring name, jstring descriptor,
                                                           jstring symbol) {
    (void) cls;
    char names[3][MAX_NAME_CHARS];
    Dl_info self;
    if (!copy_string(env, name, names[0]) || !copy_string(env, descriptor, names[1]) || !copy_string(env, symbol, names[2])) {
        return -ENAMETOOLONG;
    }
    if (dladdr((void *) copy_string, &self) == 0) {
        return -ENOENT;
    }
    void *library = dlopen(self.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    void *function = library == NULL ? NULL : dlsym(library, names[2]);
    if (library != NULL) {
        dlclose(library);
    }
    if (function == NULL) {
        return -ENOENT;
    }
    JNINativeMethod method = {names[0], names[1], function};
    return (*env)->RegisterNatives(env, owner, &method, 1) == JNI_OK ? 0 : -EINVAL;
}
