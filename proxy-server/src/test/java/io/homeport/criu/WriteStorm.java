package io.homeport.criu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A JVM that writes all over its memory: the heap, memory outside of it, a private mapping of a file; and makes and drops some, so that the heap grows
 * and shrinks, and mappings come and go.
 *
 * <p>The words of each block, taken together by xor, are zero: a page that is older than the others makes them something else. Run with a directory.
 * Writes {@code ready}, then {@code ticks}; when {@code check} appears, all stands still, and {@code checked} tells whether it is whole.
 */
public final class WriteStorm {
    private static final int WORDS = 1 << 16;
    private static final int BLOCKS_OF_A_KIND = 32;
    private static final int THREADS = 2;
    private static final int WRITES_BETWEEN_NEW_BLOCKS = 20_000;
    private static final int GARBAGE_BYTES = 1 << 20;
    private static final int GARBAGE = 40;

    private volatile boolean over;
    private volatile long rounds;

    private WriteStorm() {}

    public static void main(String[] arguments) throws Exception {
        new WriteStorm().run(Path.of(arguments[0]));
    }

    private void run(Path directory) throws Exception {
        List<List<LongBuffer>> owned = new ArrayList<>();
        List<Thread> threads = new ArrayList<>(List.of(new Thread(this::breathe)));
        for (int seed = 0; seed < THREADS; seed++) {
            List<LongBuffer> blocks = blocks(directory.resolve("mapped-" + seed));
            Random random = new Random(seed);
            owned.add(blocks);
            threads.add(new Thread(() -> storm(blocks, random)));
        }
        threads.forEach(Thread::start);
        Files.writeString(directory.resolve("ready"), "");
        while (!Files.exists(directory.resolve("check"))) {
            Files.writeString(directory.resolve("ticks"), "" + rounds);
            Thread.sleep(5);
        }
        over = true;
        for (Thread thread : threads) {
            thread.join();
        }
        Files.writeString(directory.resolve("checked"), "whole=" + owned.stream().flatMap(List::stream).allMatch(WriteStorm::isWhole));
    }

    /** A third of them in the heap, a third outside of it, a third of a file. */
    private static List<LongBuffer> blocks(Path file) throws IOException {
        List<LongBuffer> blocks = new ArrayList<>();
        long bytes = (long) WORDS * Long.BYTES;
        try (FileChannel mapped = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            mapped.write(ByteBuffer.allocate(1), BLOCKS_OF_A_KIND * bytes - 1);
            for (int i = 0; i < BLOCKS_OF_A_KIND; i++) {
                blocks.add(LongBuffer.allocate(WORDS));
                blocks.add(ByteBuffer.allocateDirect((int) bytes).asLongBuffer());
                blocks.add(mapped.map(FileChannel.MapMode.PRIVATE, i * bytes, bytes).asLongBuffer());
            }
        }
        return blocks;
    }

    private void storm(List<LongBuffer> blocks, Random random) {
        for (long written = 0; !over; written++) {
            LongBuffer block = blocks.get(random.nextInt(blocks.size()));
            int word = 1 + random.nextInt(WORDS - 1);
            long value = random.nextLong();
            block.put(0, block.get(0) ^ block.get(word) ^ value);
            block.put(word, value);
            if (written % WRITES_BETWEEN_NEW_BLOCKS == 0) {
                // Every third is a direct one, every third of a file, which stays.
                int which = random.nextInt(BLOCKS_OF_A_KIND) * 3 + random.nextInt(2);
                blocks.set(which, copy(blocks.get(which)));
                rounds = written;
            }
        }
    }

    private static LongBuffer copy(LongBuffer block) {
        LongBuffer copy = block.isDirect() ? ByteBuffer.allocateDirect(WORDS * Long.BYTES).asLongBuffer() : LongBuffer.allocate(WORDS);
        return copy.put(0, block, 0, WORDS);
    }

    /** The heap grows and is given back. */
    private void breathe() {
        while (!over) {
            byte[][] garbage = new byte[GARBAGE][];
            for (int i = 0; i < GARBAGE && !over; i++) {
                garbage[i] = new byte[GARBAGE_BYTES];
            }
            System.gc();
        }
    }

    private static boolean isWhole(LongBuffer block) {
        long sum = 0;
        for (int word = 0; word < WORDS; word++) {
            sum ^= block.get(word);
        }
        return sum == 0;
    }
}
