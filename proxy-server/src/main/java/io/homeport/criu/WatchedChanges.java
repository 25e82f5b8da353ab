package io.homeport.criu;

import io.homeport.posix.Pages;
import java.util.Arrays;
import java.util.List;

/** Those that a {@link WriteWatch} tells of. */
final class WatchedChanges implements Changes {
    private final byte[] changed;

    /**
     * @param ahead copied since the watch began, by rising addresses
     * @param untouched by rising addresses
     */
    WatchedChanges(List<Pagemap.Run> ahead, List<WriteWatch.Range> untouched) {
        changed = new byte[Math.toIntExact(ahead.stream().mapToLong(Pagemap.Run::pages).sum())];
        Arrays.fill(changed, (byte) 1);
        int first = 0;
        int at = 0;
        for (Pagemap.Run run : ahead) {
            while (at < untouched.size() && untouched.get(at).end() <= run.address()) {
                at++;
            }
            for (int i = at; i < untouched.size() && untouched.get(i).start() < run.end(); i++) {
                long start = Math.max(run.address(), untouched.get(i).start());
                long end = Math.min(run.end(), untouched.get(i).end());
                Arrays.fill(changed, first + pages(start - run.address()), first + pages(end - run.address()), (byte) 0);
            }
            first += (int) run.pages();
        }
    }

    @Override
    public void await() {}

    @Override
    public void copyTo(byte[] differsOut, int first, int count) {
        System.arraycopy(changed, first, differsOut, 0, count);
    }

    @Override
    public void close() {}

    private static int pages(long bytes) {
        return Math.toIntExact(bytes / Pages.BYTES);
    }
}
