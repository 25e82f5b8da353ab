package io.homeport.stream;

/** The end of a stream whose descriptor a daemon before this one has closed: all that is left is to tell the other end. Data loop. */
final class ClosedEnd implements LocalEnd {
    private static final int EBADF = 9;

    @Override
    public long read(long address, int length) {
        return -EBADF;
    }

    @Override
    public long write(long address, int length, boolean urgent) {
        return -EBADF;
    }

    @Override
    public void want(int events) {}

    @Override
    public void watch() {}

    @Override
    public void unwatch() {}

    @Override
    public boolean atUrgentMark() {
        return false;
    }

    @Override
    public int takeError() {
        return 0;
    }

    @Override
    public int unacknowledged() {
        return 0;
    }

    @Override
    public void shutdownWrite() {}

    @Override
    public void close() {}

    @Override
    public void reset() {}

    @Override
    public boolean closed() {
        return true;
    }

    @Override
    public int detach() {
        return -1;
    }

    @Override
    public int number() {
        return -1;
    }
}
