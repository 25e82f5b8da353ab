package io.homeport.demo.wire;

/**
 * One message. Immutable; the payload is shared, not copied, and nobody changes it.
 *
 * <pre>
 *   length:4 | kind:1 | subject:4 | sequence:8 | id:8 | value:8 | payload | checksum:4
 *            '------------------- length bytes ------------------------------------'
 * </pre>
 *
 * The checksum is the CRC-32C of <em>all</em> bytes of this direction since the connection began, so a byte that was lost,
 * doubled or moved anywhere in the past shows in the next frame.
 *
 * @param kind what it asks or says
 * @param subject the fork or seat it is about
 * @param id the request; its upper 16 bits are the seat of who asks
 * @param value a global sequence number or a time, by kind
 * @param payload bytes that mean nothing, or text, by kind; at most {@link #MAX_PAYLOAD_BYTES}
 */
public record Frame(Kind kind, int subject, long id, long value, byte[] payload) {
    /** Large enough to overflow a socket's buffers now and then, small enough for a heap of 64 MB. */
    public static final int MAX_PAYLOAD_BYTES = 256 * 1024;

    static final int HEADER_BYTES = 1 + 4 + 8 + 8 + 8;
    static final int CHECKSUM_BYTES = 4;
    static final int MAX_FRAME_BYTES = 4 + HEADER_BYTES + MAX_PAYLOAD_BYTES + CHECKSUM_BYTES;

    private static final byte[] NOTHING = {};
    private static final int SEAT_SHIFT = 48;

    /** What a frame can be. The position is what goes over the wire: append only. */
    public enum Kind {
        /** First frame. A philosopher: subject is the seat; an observer: 1 if it wants the events, 0 if it stays idle. */
        HELLO,
        /** Philosopher asks for the fork `subject`; answered by GRANTED as soon as it is free. */
        TAKE,
        /** Answer, and event: value is the fork server's global sequence number. */
        GRANTED,
        /** Philosopher gives the fork `subject` back; answered by RELEASED. */
        RELEASE,
        /** Answer, and event: value is the fork server's global sequence number. */
        RELEASED,
        /** Small talk: a payload, answered by REPLY. Keeps requests in flight all the time. */
        TALK,
        /** Answer to TALK, with a payload of its own. */
        REPLY,
        /** Heartbeat of an observer, answered by PONG with the same id. */
        PING,
        /** Answer to PING. */
        PONG,
        /** Observer: dinner begins. */
        BEGIN,
        /** Event: the philosopher `subject` would like to eat. */
        HUNGRY,
        /** Event: meal `id` begins at `value` (microseconds of the wall clock); payload: the two grants that allow it. */
        EATING,
        /** Event: meal `id` ended at `value`. */
        ATE,
        /** Event: payload says what this process found wrong. */
        COMPLAINT,
        /** Observer: finish the meal, give the forks back, answer with REPORT. */
        STOP,
        /** Answer to STOP: payload holds the accounts, as text. */
        REPORT;

        private static final Kind[] ALL = values();

        static Kind of(int position) {
            return position >= 0 && position < ALL.length ? ALL[position] : null;
        }
    }

    /** A frame without a payload. */
    public static Frame of(Kind kind, int subject, long id, long value) {
        return new Frame(kind, subject, id, value, NOTHING);
    }

    /** A frame that only carries bytes. */
    public static Frame of(Kind kind, int subject, byte[] payload) {
        return new Frame(kind, subject, 0, 0, payload);
    }

    /** This frame without its payload: how answers are told to observers. */
    public Frame bare() {
        return of(kind, subject, id, value);
    }

    /** The request id of the `number`-th request from a seat; numbers start at 1 and grow by 1. */
    public static long requestId(int seat, long number) {
        return (long) seat << SEAT_SHIFT | number;
    }

    /** The seat that a request id belongs to. */
    public static int seatOf(long requestId) {
        return (int) (requestId >>> SEAT_SHIFT);
    }

    /** The running number of a request id. */
    public static long numberOf(long requestId) {
        return requestId & (1L << SEAT_SHIFT) - 1;
    }
}
