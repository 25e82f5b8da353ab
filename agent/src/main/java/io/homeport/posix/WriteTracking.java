package io.homeport.posix;

/**
 * Which pages a process writes to, told by the kernel: asynchronous write protection (userfaultfd(2), UFFD_FEATURE_WP_ASYNC) and PAGEMAP_SCAN, Linux
 * 6.7 and later. The userfaultfd has been made by the process itself. Any thread; answers are >= 0 or -errno.
 */
public final class WriteTracking {
    /** What the kernel writes for each region: start, end, and categories. */
    public static final int REGION_BYTES = 3 * Long.BYTES;

    static {
        NativeLibrary.load();
    }

    private WriteTracking() {}

    /** Once, before the others. -EINVAL: this kernel cannot. */
    public static native int enable(int uffd);

    /** From now on the pages from {@code start} to {@code end} can be protected. -EBUSY if another userfaultfd has them, -EINVAL if nothing is there. */
    public static native int register(int uffd, long start, long end);

    /**
     * Protects the pages that are there and are not protected, and tells which: what is written to from now on will be told by {@link #written}.
     *
     * @param pagemap /proc/PID/pagemap
     * @param regions address of room for {@code room} regions, each {@link #REGION_BYTES} long
     * @param walkedOut its first becomes the address up to which all are done
     * @return how many regions; -EPERM where not all is registered
     */
    public static native int protect(int pagemap, long start, long end, long regions, int room, long[] walkedOut);

    /** Tells, in the same way, the pages that are not protected: they were written to, or have come to be, or have gone, since. */
    public static native int written(int pagemap, long start, long end, long regions, int room, long[] walkedOut);
}
