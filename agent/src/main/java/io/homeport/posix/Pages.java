package io.homeport.posix;

/** Pages of memory, in files and in processes. Any thread. */
public final class Pages {
    public static final int BYTES = 4096;

    static {
        NativeLibrary.load();
    }

    private Pages() {}

    /**
     * Compares {@code count} pages of two files, each from a page boundary on.
     *
     * @param differsOut for each page 1 if it differs, else 0
     * @return how many differ, or -errno; -ERANGE if a file ends before
     */
    public static native int compare(int fd, long offset, int other, long otherOffset, int count, byte[] differsOut);

    /**
     * Compares {@code count} pages of a stopped process with those of a file.
     *
     * @param memory its /proc/PID/mem: for what is there, but must not be read
     * @param differsOut for each page 1 if it differs or is not there, else 0
     * @return how many differ, or -errno; -ERANGE if the file ends before
     */
    public static native int compareMemory(int pid, int memory, long address, int other, long otherOffset, int count, byte[] differsOut);
}
