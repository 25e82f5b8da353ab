package io.homeport.posix;

import java.io.RandomAccessFile;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;

/** A process for the freezer: three threads that count in a mapped file, one that keeps starting short-lived threads which count too. */
public final class CounterMain {
    static final int COUNTERS = 4;

    private CounterMain() {}

    public static void main(String[] args) throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(args[0], "rw")) {
            MappedByteBuffer counters = file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, COUNTERS * 8L);
            for (int i = 1; i < COUNTERS; i++) {
                int index = i * 8;
                new Thread(() -> {
                    while (true) {
                        counters.putLong(index, counters.getLong(index) + 1);
                    }
                }).start();
            }
            while (true) {
                Thread brief = new Thread(() -> counters.putLong(0, counters.getLong(0) + 1));
                brief.start();
                brief.join();
            }
        }
    }
}
