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
    public static final int LENGTH_BYTES = 200_000;

    private Exchange() {}

    /** Asks, and checks the answer. @return {@code right}, or what was wrong */
    public static String ask(long seed, InputStream in, OutputStream out) throws IOException {
        out.write(question(seed));
        return verdictOnAnswer(seed, in.readNBytes(LENGTH_BYTES));
    }

    /** The bytes of a question, for those who do not block. */
    public static byte[] question(long seed) {
        return ByteBuffer.allocate(Long.BYTES + LENGTH_BYTES).putLong(seed).put(CheckedBytes.of(seed, 0, LENGTH_BYTES)).array();
    }

    /** Checks the bytes that came as the answer. @return {@code right}, or what was wrong */
    public static String verdictOnAnswer(long seed, byte[] answer) {
        return verdict(CheckedBytes.answerSeed(seed), answer);
    }

    /** Checks a question, and answers. @return {@code right}, or what was wrong */
    public static String answer(InputStream in, OutputStream out) throws IOException {
        long seed = new DataInputStream(in).readLong();
        String verdict = verdict(seed, in.readNBytes(LENGTH_BYTES));
        out.write(CheckedBytes.of(CheckedBytes.answerSeed(seed), 0, LENGTH_BYTES));
        return verdict;
    }

    private static String verdict(long seed, byte[] bytes) {
        int wrong = CheckedBytes.firstMismatch(seed, 0, bytes, 0, bytes.length);
        return wrong >= 0 ? "wrong at " + wrong : bytes.length == LENGTH_BYTES ? "right" : "end after " + bytes.length;
    }
}
