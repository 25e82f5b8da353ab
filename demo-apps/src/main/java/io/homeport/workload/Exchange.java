package io.homeport.workload;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * One question and one answer on a connection, both checked to the last byte.
 *
 * <pre>
 *   ask      seed u64 | {@value #LENGTH_BYTES} bytes of the stream seed ─▶
 *   answer   ◀─ {@value #LENGTH_BYTES} bytes of its answering stream
 * </pre>
 *
 * Stateless; blocks the caller.
 */
public final class Exchange {
    /** More than what fits the sockets' first buffers. */
    private static final int LENGTH_BYTES = 200_000;

    private Exchange() {}

    /** Asks, and checks the answer. @return {@code right}, or what was wrong */
    public static String ask(long seed, InputStream in, OutputStream out) throws IOException {
        out.write(ByteBuffer.allocate(Long.BYTES).putLong(seed).array());
        out.write(CheckedBytes.of(seed, 0, LENGTH_BYTES));
        return verdict(CheckedBytes.answerSeed(seed), in);
    }

    /** Checks a question, and answers. @return {@code right}, or what was wrong */
    public static String answer(InputStream in, OutputStream out) throws IOException {
        long seed = new DataInputStream(in).readLong();
        String verdict = verdict(seed, in);
        out.write(CheckedBytes.of(CheckedBytes.answerSeed(seed), 0, LENGTH_BYTES));
        return verdict;
    }

    private static String verdict(long seed, InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(LENGTH_BYTES);
        int wrong = CheckedBytes.firstMismatch(seed, 0, bytes, 0, bytes.length);
        return wrong >= 0 ? "wrong at " + wrong : bytes.length == LENGTH_BYTES ? "right" : "end after " + bytes.length;
    }
}
