package io.homeport.workload;

import java.nio.ByteBuffer;

/**
 * The service's side of one checked connection, free of any kind of socket: bytes in, bytes out.
 *
 * <pre>
 *   client --- hello | checked bytes ........ | end --->  received(), inputEnded()
 *   client <------- answering bytes ... | trailer | end   fill() until finished()
 * </pre>
 *
 * One thread at a time (the server's for that connection); not closed.
 */
public final class Conversation {
    private final byte[] helloBytes = new byte[Hello.LENGTH_BYTES];
    private int helloLength;
    private Hello hello;
    private long received;
    private long firstMismatch = -1;
    private long sent;
    private boolean inputEnded;
    private ByteBuffer trailer;

    /** Takes all of {@code in}. @throws IllegalArgumentException if the connection does not begin with a hello */
    public void received(ByteBuffer in) {
        if (hello == null) {
            int length = Math.min(in.remaining(), Hello.LENGTH_BYTES - helloLength);
            in.get(helloBytes, helloLength, length);
            helloLength += length;
            if (helloLength < Hello.LENGTH_BYTES) {
                return;
            }
            hello = Hello.decode(helloBytes);
        }
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        int wrong = CheckedBytes.firstMismatch(hello.seed(), received, bytes, 0, bytes.length);
        if (wrong >= 0 && firstMismatch < 0) {
            firstMismatch = received + wrong;
        }
        received += bytes.length;
    }

    /** The client has ended its direction. */
    public void inputEnded() {
        inputEnded = true;
    }

    /** Puts into {@code out} what may be sent now. @return the number of bytes put, 0 if there is nothing to say */
    public int fill(ByteBuffer out) {
        int before = out.position();
        if (hello != null && hello.mode() != Hello.Mode.MANUAL) {
            int length = (int) Math.min(out.remaining(), owed() - sent);
            CheckedBytes.fill(CheckedBytes.answerSeed(hello.seed()), sent, out.array(), out.arrayOffset() + before, length);
            out.position(before + length);
            sent += length;
            fillTrailer(out);
        }
        return out.position() - before;
    }

    /** Whether everything up to and with the trailer has been given to {@link #fill}, or there is nobody to talk to. */
    public boolean finished() {
        return trailer != null ? !trailer.hasRemaining() : inputEnded && hello == null;
    }

    /** What the client wants; null until its hello has come in. */
    public Hello hello() {
        return hello;
    }

    /** Whether it must be read from: a source's answers depend on nothing that is read. */
    public boolean reads() {
        return hello == null || hello.mode() == Hello.Mode.REPLY;
    }

    private long owed() {
        return hello.mode() == Hello.Mode.SOURCE ? hello.lengthBytes() : received;
    }

    private void fillTrailer(ByteBuffer out) {
        boolean over = hello.mode() == Hello.Mode.SOURCE || inputEnded;
        if (over && sent == owed()) {
            if (trailer == null) {
                trailer = ByteBuffer.wrap(new Trailer(received, firstMismatch).encode());
            }
            while (trailer.hasRemaining() && out.hasRemaining()) {
                out.put(trailer.get());
            }
        }
    }
}
