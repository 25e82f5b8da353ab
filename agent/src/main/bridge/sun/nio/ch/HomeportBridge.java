package sun.nio.ch;

import java.io.FileDescriptor;

/**
 * The one class that the agent puts into java.base, by Lookup.defineClass: code woven into sun.nio.ch can call it, it may see
 * package-private members there, and a native library loaded from here causes no warning (JEP 472). Compiled by build.sh with
 * --patch-module; carried in the agent's jar as data.
 */
public final class HomeportBridge {
    private HomeportBridge() {}

    /** Loads the library for java.base; called once, by the agent's start. */
    public static void load(String path) {
        System.load(path);
    }

    /** Binds one native method of {@code owner} to a symbol of the library; 0 or -errno. */
    public static native int link(Class<?> owner, String name, String descriptor, String symbol);

    /** Called from woven code, by any application thread: must neither wait nor throw. */
    public static void optionChanged(FileDescriptor fd) {
        if (fd != null && fd.valid()) {
            noticeOption(IOUtil.fdVal(fd));
        }
    }

    private static native void noticeOption(int fd);
}
