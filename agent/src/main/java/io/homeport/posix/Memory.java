package io.homeport.posix;

import java.nio.ByteBuffer;

/** Addresses of direct buffers, for {@link Posix}; asked of JNI (GetDirectBufferAddress), so no module has to be opened. Any thread. */
public final class Memory {
    static {
        NativeLibrary.load();
    }

    private Memory() {}

    /** The address of index 0, whatever the position; 0 for a heap buffer. The caller keeps the buffer reachable while it is used. */
    public static native long address(ByteBuffer direct);

    /**
     * New memory that is never given back; null if there is none. Unlike {@link ByteBuffer#allocateDirect} it neither counts against the
     * application's -XX:MaxDirectMemorySize nor shows in its buffer pools, and takes no room until it is touched.
     */
    public static native ByteBuffer map(int bytes);
}
