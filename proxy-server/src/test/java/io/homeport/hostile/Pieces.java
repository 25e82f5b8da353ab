package io.homeport.hostile;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * One input of a fuzz test that stands for several messages.
 *
 * <pre>  { u16 length, little endian | bytes }*  , the last cut short if the input ends there  </pre>
 */
public final class Pieces {
    private static final int MAX_PIECES = 200;

    private Pieces() {}

    public static byte[] join(byte[]... pieces) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            out.write(piece.length);
            out.write(piece.length >> 8);
            out.writeBytes(piece);
        }
        return out.toByteArray();
    }

    public static List<byte[]> split(byte[] input) {
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at + 2 <= input.length && pieces.size() < MAX_PIECES; ) {
            int length = Math.min(input[at] & 0xff | (input[at + 1] & 0xff) << 8, input.length - at - 2);
            byte[] piece = new byte[length];
            System.arraycopy(input, at + 2, piece, 0, length);
            pieces.add(piece);
            at += 2 + length;
        }
        return pieces;
    }
}
